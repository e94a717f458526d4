"""Stage 3: what people fill in during the postmortem meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wtforms import Form, FormField, HiddenField

from app.domain.errors import Refused
from app.domain.review import AREAS
from app.queries.review import Written
from app.web.forms.form import ChoiceField, InstantField, PersonField, Rows, TextField, VersionedForm, say
from app.workflow.review import TEXTS, Told

SPARE_ROWS = 2  # empty rows for people without JavaScript
ROW_TEXT_MAX = 2_000
YEARS = (1970, 2200)  # a time outside is a slip of the keyboard
AREA_WORDS = {
    "dependency": "Dependency: something we rely on",
    "scale": "Scale: load, size, growth",
    "variance": "Variance: things that are not alike",
    "change": "Change: something that we altered",
    "organization": "Organization: how we work together",
}
AREA_NAMES: Mapping[object, str] = {each: each.capitalize() for each in AREAS}


class Row(Form):
    """A row that is wholly empty is ignored; one that is half empty says what is missing."""

    text = TextField("Text", render_kw={"rows": 1})
    ask = "Say what it was."

    @property
    def is_empty(self) -> bool:
        return not self.words

    @property
    def words(self) -> str:
        return " ".join((self.text.data or "").split())

    def validate(self, extra_validators: Any = None) -> bool:
        if self.is_empty:
            return True
        super().validate(extra_validators)
        if not self.words:
            _mark(self.text, self.ask)
        elif len(self.words) > ROW_TEXT_MAX:
            _mark(self.text, f"Shorten this to {ROW_TEXT_MAX:,} characters; it has {len(self.words):,}.")
        elif "\x00" in self.words:
            _mark(self.text, "Remove the NUL character: no database can keep it.")
        self.check()
        return not self.errors

    def check(self) -> None:
        """What else must hold; a sentence goes beside its field."""


class TimelineRow(Row):
    """`was` is the instant behind the time that is shown: rows move about, and no second of it may be lost."""

    at = InstantField("Time")
    was = HiddenField()
    text = TextField("What happened", render_kw={"rows": 1})
    ask = "Say what happened."

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.at.raw

    @property
    def instant(self) -> datetime | None:
        try:
            was = datetime.fromisoformat(self.was.data or "")
        except ValueError:
            was = None
        is_same = was is not None and was.tzinfo is not None and self.at.raw == self.at._shown(was)
        return was if is_same else self.at.data

    def check(self) -> None:
        if not self.at.raw:
            _mark(self.at, "Say when it happened.")
        elif self.at.data and not YEARS[0] <= self.at.data.year <= YEARS[1]:
            _mark(self.at, f"Enter a time between the years {YEARS[0]} and {YEARS[1]}.")


class FactorRow(Row):
    area = ChoiceField("Area", [("", "Choose an area"), *((each, AREA_WORDS[each]) for each in AREAS)])
    text = TextField("What made it possible", render_kw={"rows": 1})
    ask = "Say what made it possible."

    @property
    def is_empty(self) -> bool:
        return not self.words and not self.area.data

    def check(self) -> None:
        if self.area.data not in AREAS:
            _mark(self.area, "Choose an area.")


class ReviewForm(VersionedForm):
    facilitator_id = PersonField("Facilitator", description="Leads the meeting and publishes the review.")
    summary = TextField(
        "Summary", description="What happened, to whom, and why it could, for somebody who was not there.",
        render_kw={"rows": 3},
    )  # fmt: skip
    timeline = Rows(FormField(TimelineRow), "Timeline")
    factors = Rows(FormField(FactorRow), "Contributing factors")
    went_well = TextField("What went well?", render_kw={"rows": 3})
    went_badly = TextField("What went badly?", render_kw={"rows": 3})
    got_lucky = TextField("Where did we get lucky?", render_kw={"rows": 3})
    lessons = TextField(
        "Lessons", description="What others should know before it happens to them.", render_kw={"rows": 3}
    )
    body = TextField("Everything else", description="Markdown.", render_kw={"rows": 4})

    def told(self) -> Told:
        """What was typed, for the step."""
        return Told(
            facilitator_id=self.facilitator_id.data,
            timeline=self.timeline_rows(),
            factors=self.factor_rows(),
            **{name: self._fields[name].data or "" for name in TEXTS},
        )

    def timeline_rows(self) -> list[tuple[datetime, str]]:
        rows = [(each.form.instant, each.form.words) for each in self.timeline.entries if not each.form.is_empty]
        return sorted((at, text) for at, text in rows if at is not None)

    def factor_rows(self) -> list[tuple[str, str]]:
        return [(each.area.data, each.form.words) for each in self.factors.entries if not each.form.is_empty]

    def add_spare_rows(self) -> None:
        for rows in (self.timeline, self.factors):
            empty = sum(each.form.is_empty for each in rows.entries)
            for _ in range(SPARE_ROWS - empty):
                rows.append_entry()

    def blank(self, rows: str) -> Row:
        """An empty row whose number the browser puts in."""
        kind = {"timeline": TimelineRow, "factors": FactorRow}[rows]
        return kind(formdata=None, prefix=f"{rows}-__index__-")

    def mark(self, refused: Refused) -> list[str]:
        """A sentence about rows as a whole stands above the form: there is no one field to put it beside."""
        about_rows = [each for each in refused.refusals if each.field in ("timeline", "factors")]
        others = [each for each in refused.refusals if each not in about_rows]
        return [*super().mark(Refused(others)), *(each.sentence for each in about_rows)]

    def typed(self) -> Mapping[str, object]:
        texts = {name: (self._fields[name].data or "").strip() for name in TEXTS}
        return {**super().typed(), **texts, "timeline": self.timeline_rows(), "factors": self.factor_rows()}

    def words(self, name: str, value: object) -> str:
        if name in ("timeline", "factors") and isinstance(value, Sequence):
            return "\n".join(f"{AREA_NAMES.get(first) or say(first)}: {text}" for first, text in value)
        return super().words(name, value)


def stored(written: Written, *, with_rows: bool) -> dict[str, Any]:
    """The form's values as they are stored. Rows that were sent stand for themselves, and are not paired with these."""
    row = written.row
    found: dict[str, Any] = {
        "version": row.version if row else 0,
        "facilitator_id": row.facilitator_id if row else None,
    }
    found |= {name: getattr(row, name) if row else "" for name in TEXTS}
    if with_rows:
        found["timeline"] = [{"at": at, "was": at.isoformat(), "text": text} for at, text in written.timeline]
        found["factors"] = [{"area": area, "text": text} for area, text in written.factors]
    return found


def _mark(field: Any, sentence: str) -> None:
    field.errors = [*field.errors, sentence]
