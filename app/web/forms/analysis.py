"""Stage 5: which failure pattern this is, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from app.domain.analysis import DECISIONS
from app.domain.review import AREAS
from app.models.analysis import Pattern
from app.models.best_practice import Practice
from app.web.forms.form import ChoiceField, LineField, PersonField, TextField, VersionedForm, row_id
from app.workflow.analysis import Told

DECISION_WORDS = {
    "new": "A new practice: the rule that would have met this is not written yet",
    "known": "A known practice: it would have met this; say which below",
    "none": "None: no rule follows; the later stages are left out",
}
UNKNOWN_PATTERN = "Choose a pattern from the list, or name a new one."


class PatternField(PersonField):
    """One pattern, or none: chosen by id as people are."""


class AnalysisForm(VersionedForm):
    """`linked` are the practices that were linked when the page was made: only what was changed on it is changed."""

    pattern_id = PatternField("Known pattern", description="Those of similar incidents first.")
    new_pattern = LineField(
        "Or name a new one", description="A kind of failure, such as “retry storm”. It is used instead of the list.",
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    area = ChoiceField("Area of the new one", [("", "Not said"), *((each, each.capitalize()) for each in AREAS)])
    decision = RadioField(
        "What follows from it?", validate_choice=False, default="",
        choices=[SelectChoice(value="", label="Not decided yet"),
                 *(SelectChoice(value=each, label=DECISION_WORDS[each]) for each in DECISIONS)],
    )  # fmt: skip
    reason = TextField("Reason", description="Why this decision, for somebody who asks in a year. Markdown.")
    linked = HiddenField()
    practice_ids = SelectMultipleField(
        "Known practices", coerce=row_id, validate_choice=False,
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip

    def offer(
        self, patterns: Sequence[Pattern], practices: Sequence[Practice], seen_as: Mapping[int, Sequence[str]]
    ) -> None:
        """The choices of this page. `seen_as`: similar incidents by pattern; their patterns come first."""
        first = sorted(patterns, key=lambda each: each.id not in seen_as)
        self.pattern_id.choices = [("", "Not known yet")] + [
            (str(each.id), each.name + (f" (as {', '.join(seen_as[each.id])})" if each.id in seen_as else ""))
            for each in first
        ]
        self.practice_ids.choices = [
            (each.id, f"{each.name} {each.statement}" + (" (retired)" if each.state == "retired" else ""))
            for each in practices
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Only a pattern that was offered: others may be known from private incidents alone."""
        super().validate(extra_validators)
        chosen = self.pattern_id.data
        if chosen is not None and str(chosen) not in dict(self.pattern_id.choices):
            self.pattern_id.errors = [*self.pattern_id.errors, UNKNOWN_PATTERN]
        return not self.errors

    def told(self, linked_now: Collection[int]) -> Told:
        """What was typed, for the step. What others linked meanwhile stays."""
        return Told(
            pattern_id=self.pattern_id.data, new_pattern=self.new_pattern.data, area=self.area.data,
            decision=self.decision.data or "", reason=self.reason.data or "", practice_ids=self.changed(linked_now),
        )  # fmt: skip

    def changed(self, now: Collection[int]) -> list[int]:
        chosen = set(self.practice_ids.data or [])
        seen = {int(each) for each in (self.linked.data or "").split(",") if each.isdecimal() and len(each) <= 18}
        return sorted((set(now) - (seen - chosen)) | (chosen - seen))

    def typed(self) -> Mapping[str, object]:
        return {
            "pattern_id": self.new_pattern.data or self.pattern_id.data, "decision": self.decision.data or "",
            "reason": (self.reason.data or "").strip(), "practice_ids": sorted(self.practice_ids.data or []),
        }  # fmt: skip

    def words(self, name: str, value: object) -> str:
        if name == "pattern_id":
            return self.pattern_name(value) if isinstance(value, int) else str(value or "")
        if name == "practice_ids" and isinstance(value, list):
            names = self.practice_names(value)
            return "\n".join(names[each] for each in value if each in names)
        if name == "decision":
            return DECISION_WORDS.get(str(value), "")
        return super().words(name, value)

    # Set by the page: names are read when there is a conflict, and then as they are stored.
    pattern_name: Callable[[int], str]
    practice_names: Callable[[Collection[int]], Mapping[int, str]]
