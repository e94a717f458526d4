"""Stage 7: how a machine, or a person, tells who follows the rule."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import Optional

from app.domain.automation import ATTESTED, FACTS
from app.web.forms.form import ChoiceField, TextField, VersionedForm
from app.workflow.automation import Told

KIND_WORDS = {
    FACTS: "Facts: an expression over what services report",
    ATTESTED: "Attested: a person looks and says so",
}


class CheckForm(VersionedForm):
    kind = ChoiceField("Kind", list(KIND_WORDS.items()), default=FACTS)
    expression = TextField(
        "Expression, or question",
        description=(
            'For facts, an expression that is true for services that follow the rule, such as facts["http.timeout_ms"] '
            "<= 1000. For attested, the question that a person answers."
        ),
        render_kw={
            "rows": 3, "required": True, "class": "mono", "spellcheck": "false", "autocapitalize": "off",
        },
    )  # fmt: skip
    because = TextField(
        "Why can no machine check this?", description="Needed for attested checks only.", render_kw={"rows": 2}
    )
    freshness_days = IntegerField(
        "Fresh for, in days", validators=[Optional()], default=30,
        description="Older evidence counts as unknown, never as adopted.",
        render_kw={"min": 1, "max": 730, "inputmode": "numeric"},
    )  # fmt: skip

    def told(self) -> Told:
        return Told(
            kind=self.kind.data or "", expression=self.expression.data or "", because=self.because.data or "",
            freshness_days=self.freshness_days.data,
        )  # fmt: skip
