"""Quiet hours of a person, and of a team with the zone of its clocks."""

from __future__ import annotations

from app.web.forms.form import LineField, VersionedForm
from app.web.forms.people import TimeZoneForm
from app.workflow.quiet import Told

CLOCK = {"type": "time"}


class QuietForm(VersionedForm):
    quiet_from = LineField("From", description="Such as 22:00. Both empty: never quiet.", render_kw=CLOCK)
    quiet_until = LineField("Until", description="Such as 07:00, which is the next morning.", render_kw=CLOCK)

    def told(self) -> Told:
        """What was typed, for the step."""
        return Told(quiet_from=self.quiet_from.data or "", quiet_until=self.quiet_until.data or "")


class TeamQuietForm(TimeZoneForm, QuietForm):
    def told(self) -> Told:
        """With the zone. Refused: there is no such zone."""
        typed = super().told()
        return Told(quiet_from=typed.quiet_from, quiet_until=typed.quiet_until, time_zone=self.read())
