"""Stage 8: what a person says of one service on one practice."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from app.domain.automation import FAIL, PASS
from app.models.automation import Check
from app.web.forms.form import ChoiceField, LineField, MarkedForm, TextField


class ServiceForm(MarkedForm):
    """What is said of one service; its name is typed, or filled in where the page is about one."""

    service = LineField(
        "Service", description="Type a few letters, or the whole name.",
        render_kw={"list": "service-names", "autocomplete": "off", "autocapitalize": "off", "required": True},
    )  # fmt: skip

    @property
    def service_name(self) -> str:
        return (self.service.data or "").replace("\x00", "")


class AttestForm(ServiceForm):
    check_id = ChoiceField("Question", [])
    result = RadioField(
        "Answer",
        validate_choice=False,
        choices=[SelectChoice(PASS, "Yes, it follows the practice"), SelectChoice(FAIL, "No, it does not")],
    )
    message = TextField("What did you look at?", render_kw={"rows": 3, "required": True})

    def offer(self, checks: Sequence[Check]) -> None:
        """The questions of this practice."""
        self.check_id.choices = [(str(each.id), each.expression) for each in checks]

    def check_of(self, checks: Sequence[Check]) -> Check | None:
        """The check that is answered; None: it is none of these."""
        return next((each for each in checks if str(each.id) == self.check_id.data), None)
