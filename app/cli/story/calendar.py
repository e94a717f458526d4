"""When things happen in the story: so many days before now, and what people do afterwards on working days."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random


class Calendar:
    """Instants relative to `now`; the minutes of people's work are drawn, the same ones in every telling."""

    def __init__(self, now: datetime, chance: Random) -> None:
        self.now = now
        self.chance = chance

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def at(self, days: float, clock: str) -> datetime:
        """So many days before now, at this time of day (UTC); without one, to the minute."""
        if not clock:
            return self.ago(days)
        hour, minute = clock.split(":")
        return self.ago(days).replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)

    def workday(self, after: datetime, days: int, hour: int) -> datetime:
        """So many working days later, somewhen in this hour, and never later than a moment ago."""
        at = after
        left = days
        while left > 0 or at.weekday() >= 5:
            at += timedelta(days=1)
            left -= at.weekday() < 5
        at = at.replace(hour=hour, minute=self.chance.randrange(0, 60, 5), second=self.chance.randrange(60))
        return min(max(at, after + timedelta(minutes=30)), self.now - timedelta(minutes=self.chance.randrange(5, 15)))
