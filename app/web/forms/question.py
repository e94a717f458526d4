"""A practice that is not enough: why, and why it stays all the same."""

from __future__ import annotations

from app.web.forms.form import TextField, VersionedForm


class QuestionForm(VersionedForm):
    why = TextField(
        "Why is it not enough?", description="What happened although a service had adopted it. Everybody reads this.",
        render_kw={"rows": 3, "required": True},
    )  # fmt: skip


class SettleForm(VersionedForm):
    answer = TextField(
        "Why does it stay as it is?", description="For somebody who asks in a year.",
        render_kw={"rows": 3, "required": True},
    )  # fmt: skip
