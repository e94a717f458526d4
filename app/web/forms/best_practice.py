"""Stage 6: the rule, why it holds, whom it applies to, and how far it is to go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wtforms import HiddenField, IntegerField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.domain.best_practice import LEVELS
from app.domain.review import AREAS
from app.models.best_practice import Practice
from app.web.forms.form import ChoiceField, DayField, LineField, TextField, VersionedForm, row_id
from app.workflow.best_practice import ALL, ANY, EVERY_SERVICE, Told

LEVEL_WORDS = {"must": "Must: every service it applies to", "should": "Should: unless there is a reason"}
COMBINE_WORDS = {ALL: "All of its checks must pass", ANY: "Any one of its checks is enough"}
CODE = {"class": "mono", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}


class PracticeForm(VersionedForm):
    statement = LineField(
        "The rule", description="One sentence that a service either follows or does not.", render_kw={"required": True}
    )
    why = TextField("Why", description="What it would have met. Markdown.", render_kw={"rows": 4, "required": True})
    area = ChoiceField("Area", [("", "Choose an area"), *((each, each.capitalize()) for each in AREAS)])
    level = ChoiceField("Level", [(each, LEVEL_WORDS[each]) for each in LEVELS])
    selector = TextField(
        "Applies to",
        description=(
            "An expression over service.name, service.team, service.tier, service.kind, service.depends_on, such as "
            'service.tier <= 2 && "payments" in service.depends_on. Write true for every service.'
        ),
        default=EVERY_SERVICE,
        render_kw={"rows": 2, **CODE},
    )
    target_percent = IntegerField(
        "Target in percent", validators=[Optional()], default=100, description="Of the services it applies to.",
        render_kw={"min": 1, "max": 100, "inputmode": "numeric"},
    )  # fmt: skip
    target_on = DayField("To be reached by")
    combine = ChoiceField("When it has several checks", list(COMBINE_WORDS.items()), default=ALL)
    review_on = DayField("Review by", description="The day on which somebody asks whether the rule is still right.")

    def said(self, name: str, value: object) -> str:
        """A value of a kept version, in which days are text, as people read it."""
        if name.endswith("_on") and isinstance(value, str):
            value = date.fromisoformat(value)
        return self.words(name, value)

    def told(self) -> Told:
        return Told(
            statement=self.statement.data or "", why=self.why.data or "", area=self.area.data or "",
            selector=self.selector.data or "", level=self.level.data or "", target_percent=self.target_percent.data,
            target_on=self.target_on.data, combine=self.combine.data or ALL, review_on=self.review_on.data,
        )  # fmt: skip


class LinkForm(VersionedForm):
    """`linked` are the practices that were linked when the page was made: only what was changed on it is changed."""

    linked = HiddenField()
    practice_ids = SelectMultipleField(
        "Practices", coerce=row_id, validate_choice=False,
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip

    def offer(self, practices: Sequence[Practice]) -> None:
        """The choices of this page."""
        self.practice_ids.choices = [
            (each.id, f"{each.name} {each.statement}" + (" (retired)" if each.state == "retired" else ""))
            for each in practices
        ]

    def changed(self, now: set[int]) -> list[int]:
        """What is linked now, with the changes of this person: what others linked meanwhile stays."""
        chosen = set(self.practice_ids.data or [])
        seen = {int(each) for each in (self.linked.data or "").split(",") if each.isdecimal() and len(each) <= 18}
        return sorted((now - (seen - chosen)) | (chosen - seen))
