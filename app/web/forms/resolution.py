"""Stage 2: when it happened, whom it hurt, how it ended."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import Optional

from app.web.forms.form import InstantField, TextField, VersionedForm
from app.workflow.resolution import Told


class ResolutionForm(VersionedForm):
    started_at = InstantField("Started", description="When it began to hurt.")
    detected_at = InstantField("Detected", description="When we knew.")
    mitigated_at = InstantField("Mitigated", description="When it stopped hurting.")
    resolved_at = InstantField("Resolved", description="When it was over for good.")
    impact = TextField("Impact", description="Who could not do what, and how many.", render_kw={"rows": 3})
    customer_minutes = IntegerField(
        "Customer minutes", validators=[Optional()], render_kw={"min": 0, "inputmode": "numeric"},
        description="Customers × minutes. Leave empty when nobody knows.",
    )  # fmt: skip
    how_resolved = TextField("How was it resolved?", render_kw={"rows": 3})

    def told(self) -> Told:
        return Told(
            started_at=self.started_at.data, detected_at=self.detected_at.data, mitigated_at=self.mitigated_at.data,
            resolved_at=self.resolved_at.data, impact=self.impact.data or "", how_resolved=self.how_resolved.data or "",
            customer_minutes=self.customer_minutes.data,
        )  # fmt: skip
