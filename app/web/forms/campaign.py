"""Campaigns: a target, two days, a reason, and who drives it."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import IntegerField
from wtforms.validators import Optional

from app.web.forms.form import DayField, PersonField, TextField, VersionedForm
from app.workflow.campaign import Told


class CampaignForm(VersionedForm):
    why = TextField(
        "Why now?", description="The teams read this first: what happens if they wait.",
        render_kw={"rows": 3, "required": True},
    )  # fmt: skip
    target_percent = IntegerField(
        "Target, in percent of services", validators=[Optional()],
        render_kw={"min": 1, "max": 100, "required": True, "inputmode": "numeric"},
    )  # fmt: skip
    starts_on = DayField(
        "First day", description="The burn-up begins here; it may be over.", render_kw={"required": True}
    )
    ends_on = DayField(
        "Last day", description="In UTC. The campaign is missed on the day after.", render_kw={"required": True}
    )
    owner_id = PersonField("Who drives it", render_kw={"required": True})

    def offer(self, people: Sequence[tuple[str, str]]) -> None:
        """The choices of this page."""
        self.owner_id.choices = list(people)

    def told(self) -> Told:
        return Told(
            why=self.why.data or "", target_percent=self.target_percent.data, starts_on=self.starts_on.data,
            ends_on=self.ends_on.data, owner_id=self.owner_id.data,
        )  # fmt: skip
