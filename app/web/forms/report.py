"""A correction of a weekly report, and one's own subscription to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from app.domain.report import EVERYONE
from app.web.forms.form import MarkedForm, TextField, VersionedForm

NOBODY, TEAMS = "", "teams"
SCOPES = (
    SelectChoice(value=EVERYONE, label="Everyone: all services, with the private incidents that you may see"),
    SelectChoice(value=TEAMS, label="Some teams, chosen below"),
    SelectChoice(value=NOBODY, label="Nothing: I need no report of my own"),
)


class CorrectionForm(MarkedForm):
    why = TextField(
        "Why is it corrected?",
        description="Everybody who reads the report will see it. Such as: the minutes of INC-31 were entered late.",
        render_kw={"rows": 3, "required": True},
    )


class TeamsField(SelectMultipleField):
    """Teams to tick. The step refuses those that are none."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, _form: object) -> None:
        pass


class SubscriptionForm(VersionedForm):
    scope = RadioField("What is it about?", choices=SCOPES, default=NOBODY, validate_choice=False)
    teams = TeamsField("Teams", choices=[])
    by_slack = BooleanField("Send it to me in Slack", description="As a direct message, when it is made.")
    by_mail = BooleanField("Send it to me by e-mail", description="To the address of your account, when it is made.")

    titles: Mapping[str, str] = MappingProxyType({})

    def offer(self, teams: Sequence[tuple[str, str]]) -> None:
        """The teams that there are, by name as "team:shop"."""
        self.titles = dict(teams)
        self.teams.choices = [SelectChoice(value=name, label=title) for name, title in teams]

    def told(self) -> list[str]:
        """What it is about, for the step."""
        if self.scope.data == EVERYONE:
            return [EVERYONE]
        return list(self.teams.data or ()) if self.scope.data == TEAMS else []

    def typed(self) -> dict[str, object]:
        return {"about": sorted(self.told()), "by_slack": bool(self.by_slack.data), "by_mail": bool(self.by_mail.data)}

    def words(self, name: str, value: object) -> str:
        """A choice as people read it."""
        if name == "about" and isinstance(value, (list, tuple)):
            titles = {EVERYONE: "Everyone", **self.titles}
            return "\n".join(titles.get(str(each), str(each)) for each in value) or "Nothing"
        return super().words(name, value)

    def differences(self, saved: object) -> list[dict[str, str]]:
        names = {"about": "What it is about"}
        told = super().differences(saved)  # type: ignore[arg-type] # VersionedForm says which mapping
        return [{**each, "label": names.get(each["label"], each["label"])} for each in told]
