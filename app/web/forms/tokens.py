"""What a person says of a new token."""

from __future__ import annotations

from wtforms.fields.choices import SelectChoice

from app.domain.people import ROLES
from app.web.forms.form import ChoiceField, DayField, LineField, VersionedForm

_MAY = {
    "viewer": "Viewer: reads",
    "responder": "Responder: reports, declares",
    "owner": "Owner: the catalogue too",
    "administrator": "Administrator: everything",
}


class TokenForm(VersionedForm):
    name = LineField(
        "What it is for", description="Such as: CI of checkout. You will know it by this name.",
        render_kw={"required": True, "autocomplete": "off"},
    )  # fmt: skip
    role = ChoiceField("What it may do", [], description="Give it no more than it needs. Never more than you may.")
    expires_on = DayField("Last day", description="It works through this day, in UTC. Empty: until it is revoked.")

    def offer(self, most: str) -> None:
        """The roles up to this one."""
        self.role.choices = [SelectChoice(value=each, label=_MAY[each]) for each in ROLES[: ROLES.index(most) + 1]]
