"""Stage 7: how a machine, or a person, tells who follows the rule."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import Optional

from app.domain.automation import ATTESTED, EXPERIMENT, FACTS, REPORTED
from app.web.forms.form import ChoiceField, TextField, VersionedForm
from app.workflow.automation import Told

KIND_WORDS = {
    FACTS: "Facts: an expression over what services report",
    REPORTED: "Reported: a test elsewhere tells its result",
    EXPERIMENT: "Experiment: the journal of a chaos experiment",
    ATTESTED: "Attested: a person looks and says so",
}
# What to write for each kind; the style sheet shows the one that is chosen, and all where it cannot.
WRITE = {
    FACTS: 'True for services that follow the rule, such as facts["http.timeout_ms"] <= 1000.',
    REPORTED: "The name of the test, such as restore-drill. Your pipeline reports its result for each service.",
    EXPERIMENT: (
        "The title of the Chaos Toolkit experiment, as its journal has it. Left empty, any experiment counts that is "
        "sent to this check."
    ),
    ATTESTED: "The question that a person answers for each service.",
}


class CheckForm(VersionedForm):
    kind = ChoiceField("Kind", list(KIND_WORDS.items()), default=FACTS)
    expression = TextField(
        "Expression, name or question",
        render_kw={"rows": 3, "class": "mono", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"},
    )
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
