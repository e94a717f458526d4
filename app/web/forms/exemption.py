"""Exemptions: ask for one, and answer a request."""

from __future__ import annotations

from app.web.forms.adoption import ServiceForm
from app.web.forms.form import DayField, MarkedForm, TextField


class ExemptForm(ServiceForm):
    reason = TextField("Why is it excused?", render_kw={"rows": 3, "required": True})
    expires_on = DayField(
        "Last day", description="In UTC. It counts again on the day after; at most a year from now.",
        render_kw={"required": True},
    )  # fmt: skip


class AnswerForm(MarkedForm):
    answer = TextField("Your answer", description="Needed to decline: why not, and what to do instead.",
                       render_kw={"rows": 2})  # fmt: skip
    expires_on = DayField("Last day", description="The day that was asked for, or another one.")
