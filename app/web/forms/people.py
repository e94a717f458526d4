"""People as an administrator sees them, and one's own account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from zoneinfo import available_timezones

from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from app.domain.errors import Refused
from app.domain.people import ROLES
from app.web.forms.form import ChoiceField, LineField, VersionedForm, row_id

PASSWORD_LEAST, PASSWORD_MOST = 12, 1_000
ROLE_HINT = (
    "Viewers read. Responders declare, resolve and review. Owners also accept practices, write checks and change the "
    "catalogue. Administrators do everything, and manage people."
)
THEMES = (("auto", "As my device"), ("light", "Light"), ("dark", "Dark"))


class PersonForm(VersionedForm):
    name = LineField("Name", render_kw={"required": True, "autocomplete": "off"})
    role = ChoiceField("Role", [(each, each.capitalize()) for each in ROLES], description=ROLE_HINT)
    team_ids = SelectMultipleField(
        "Teams", coerce=row_id, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    is_active = BooleanField("Active", description="Who is not active cannot sign in; everything they did stays.")

    def offer(self, teams: Sequence[tuple[int, str]]) -> None:
        """The choices of this page."""
        self.team_ids.choices = list(teams)


class NewPersonForm(PersonForm):
    is_active = None
    email = EmailField(
        "E-mail address", description="They sign in with it.", render_kw={"required": True, "autocomplete": "off"}
    )


class TimeZoneForm(VersionedForm):
    time_zone = LineField(
        "Time zone", description="Times are shown in it. Type a city, such as Berlin, and choose from the list.",
        render_kw={"list": "time-zones", "autocomplete": "off", "spellcheck": "false", "required": True},
    )  # fmt: skip

    def read(self) -> str:
        """The zone's name in the IANA database. Refused: there is no such zone."""
        typed = "_".join((self.time_zone.data or "").split()).casefold()
        found = _by_words().get(typed)
        if found is None:
            raise Refused.because("time_zone.unknown", "Choose a time zone from the list.", "time_zone")
        return found


class ThemeForm(VersionedForm):
    theme = RadioField("Colours", choices=[SelectChoice(value, words) for value, words in THEMES])


class NthPassword(PasswordField):
    """All three are sent as `password`: that name is the one that is never kept when a session has expired."""

    def __init__(self, label: str, nth: int, **about: object) -> None:
        super().__init__(label, **about)
        self.nth = nth

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = valuelist[self.nth] if len(valuelist) > self.nth else ""


class PasswordForm(VersionedForm):
    present = NthPassword(
        "Present password", 0, name="password", id="present", render_kw={"autocomplete": "current-password"}
    )
    chosen = NthPassword(
        "New password", 1, name="password", id="chosen", render_kw={"autocomplete": "new-password"},
        description=f"At least {PASSWORD_LEAST} characters; a sentence is good.",
    )  # fmt: skip
    again = NthPassword(
        "New password once more", 2, name="password", id="again", render_kw={"autocomplete": "new-password"}
    )

    def read(self) -> str:
        """The new password. Refused: it is too short, too long, or not the same twice."""
        chosen = self.chosen.data or ""
        if not PASSWORD_LEAST <= len(chosen) <= PASSWORD_MOST:
            words = f"Choose a password of {PASSWORD_LEAST} to {PASSWORD_MOST:,} characters; this has {len(chosen):,}."
            raise Refused.because("password.length_wrong", words, "chosen")
        if chosen != self.again.data:
            raise Refused.because("password.different", "The two new passwords are not the same.", "again")
        return chosen


@cache
def time_zones() -> list[str]:
    """The zones that people live in, by name. Not the files beside them that belong to one machine."""
    return sorted(each for each in available_timezones() if each[0].isupper() and each != "Factory")


@cache
def _by_words() -> Mapping[str, str]:
    """By whole name, and by city where there is one of that name only."""
    cities: dict[str, list[str]] = {}
    for each in time_zones():
        cities.setdefault(each.rpartition("/")[2].casefold(), []).append(each)
    one = {city: names[0] for city, names in cities.items() if len(names) == 1}
    return {**one, **{each.casefold(): each for each in time_zones()}}
