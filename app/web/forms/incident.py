"""Stage 1: what broke, how bad it is, who leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.domain.lifecycle import SEVERITIES
from app.web.forms.form import ChoiceField, LineField, PersonField, TextField, VersionedForm, row_id
from app.web.forms.services import ServiceRows
from app.workflow.incident import Told

SEVERITY_WORDS = {
    "SEV1": "SEV1: most customers cannot use us",
    "SEV2": "SEV2: many customers, or something important",
    "SEV3": "SEV3: some customers, or a workaround exists",
    "SEV4": "SEV4: near miss, nobody noticed",
}


class IncidentForm(VersionedForm):
    title = LineField(
        "What is broken?", description="One line, as you would say it aloud.", render_kw={"required": True}
    )
    severity = ChoiceField("Severity", [("", "Not known yet"), *((each, SEVERITY_WORDS[each]) for each in SEVERITIES)])
    commander_id = PersonField("Commander", description="Leads until it is resolved.")
    services = ServiceRows("Affected services")
    description = TextField("What do we know so far?", render_kw={"rows": 4})
    labels = LineField("Labels", description="Separated by commas.")

    def offer(self, names: Sequence[str], people: Sequence[tuple[str, str]]) -> None:
        """The choices of this page."""
        self.names, self.commander_id.choices = names, list(people)

    def told(self, ids: Mapping[str, int]) -> Told:
        """What was typed, for the step. Unknown names have been marked before."""
        return Told(
            title=self.title.data,
            severity=self.severity.data or None,
            service_ids=[ids[name] for name in self.services.names()],
            commander_id=self.commander_id.data,
            description=self.description.data,
            labels=[each.strip() for each in (self.labels.data or "").split(",")],
        )

    def typed(self) -> Mapping[str, object]:
        labels = [each.strip() for each in (self.labels.data or "").split(",") if each.strip()]
        return {**super().typed(), "service_ids": self.services.names(), "labels": labels}

    def differences(self, saved: Mapping[str, object]) -> list[dict[str, str]]:
        rows = super().differences(saved)
        for row in rows:
            row["label"] = "Affected services" if row["label"] == "service_ids" else row["label"]
        return rows

    def words(self, name: str, value: object) -> str:
        if name == "service_ids" and isinstance(value, list):
            return "\n".join(sorted(self.name_of.get(each, str(each)) for each in value))
        return super().words(name, value)

    name_of: Mapping[Any, str] = {}


class DeclareForm(IncidentForm):
    is_private = BooleanField(
        "Private", description="Only you, the commander, the facilitator and people you let in will know of it."
    )


class PrivacyForm(VersionedForm):
    is_private = BooleanField("Private")
    reader_ids = SelectMultipleField(
        "People who are let in", coerce=row_id, validate_choice=False,
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
