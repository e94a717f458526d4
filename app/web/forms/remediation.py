"""Stage 4: one action item; or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.remediation import KINDS, PRIORITIES
from app.web.forms.form import ChoiceField, DayField, LineField, PersonField, TextField, VersionedForm
from app.workflow.remediation import Told

PRIORITY_WORDS = {
    "must": "Must: remediation is not complete without it",
    "should": "Should: unless there is a reason",
    "could": "Could: if there is time",
}
KIND_WORDS = {
    "detect": "Detect: we notice sooner",
    "mitigate": "Mitigate: it hurts less",
    "prevent": "Prevent: it does not happen",
    "process": "Process: we work differently",
}


class ItemForm(VersionedForm):
    title = LineField("What has to be done?", render_kw={"required": True, "autocomplete": "off"})
    owner_id = PersonField("Owner", render_kw={"required": True})
    due_on = DayField("Due", render_kw={"required": True})
    priority = ChoiceField("Priority", [(each, PRIORITY_WORDS[each]) for each in PRIORITIES])
    kind = ChoiceField("Kind", [(each, KIND_WORDS[each]) for each in KINDS], default="prevent")

    def offer(self, people: Sequence[tuple[str, str]]) -> None:
        """The choices of this page."""
        self.owner_id.choices = list(people)

    def validate(self, extra_validators: Any = None) -> bool:
        """All that is missing is said at once; the step has no word for an item without an owner or a day."""
        super().validate(extra_validators)
        if not self.title.data:
            self.title.errors = [*self.title.errors, "Say what has to be done."]
        if self.owner_id.data is None:
            self.owner_id.errors = [*self.owner_id.errors, "Choose an owner."]
        if self.due_on.data is None and not self.due_on.errors:
            self.due_on.errors = ["Choose the day when it is due."]
        return not self.errors

    def told(self) -> Told:
        return Told(
            title=self.title.data, owner_id=self.owner_id.data, priority=self.priority.data, kind=self.kind.data,
            due_on=self.due_on.data,
        )  # fmt: skip


class NoneNeededForm(VersionedForm):
    none_needed_because = TextField(
        "No action items are needed, because", description="Empty takes it back.", render_kw={"rows": 2}
    )
