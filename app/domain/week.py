"""ISO weeks in a zone: when one begins and ends, and when its report is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.errors import Refused

DUE = time(8, 0)  # on the Monday after the week, in the zone of whoever reads it
LATE = timedelta(hours=1)  # made later than this after it was due, a report is marked as late
_NAME = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Week:
    """From Monday to Sunday, numbered as ISO 8601 does: the year is that of its Thursday, and some have 53 weeks."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that a day belongs to."""
        return cls(*day.isocalendar()[:2])

    @classmethod
    def at(cls, instant: datetime, zone: str) -> Week:
        """The week that it is at an instant, by the calendar of a zone."""
        return cls.of(instant.astimezone(ZoneInfo(zone)).date())

    @classmethod
    def parse(cls, text: str) -> Week:
        """ "2026-W47", in small letters or without the hyphen as well. Refused: that is no week, or no such one."""
        found = _NAME.fullmatch(text.strip())
        try:
            assert found
            return cls.of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        except (AssertionError, ValueError):
            ask = "Name a week as 2026-W47: the year, W, and the number of the week from 01 to 52 or 53."
            raise Refused.because("week.unknown", ask, "week") from None

    @property
    def name(self) -> str:
        return f"{self.year:04}-W{self.number:02}"

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    def plus(self, weeks: int) -> Week:
        """So many weeks later; earlier, if it is less than none."""
        return Week.of(self.monday + timedelta(weeks=weeks))

    def begins(self, zone: str) -> datetime:
        """The first instant of its Monday in this zone, in UTC."""
        return _instant(self.monday, time(), zone)

    def ends(self, zone: str) -> datetime:
        """The first instant that is no longer in it."""
        return self.plus(1).begins(zone)

    def due(self, zone: str) -> datetime:
        """When its report is made: at eight on the Monday after it."""
        return _instant(self.plus(1).monday, DUE, zone)

    @property
    def words(self) -> str:
        """ "16 to 22 November 2026"."""
        first, last = self.monday, self.sunday
        start = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
        if first.year != last.year:
            start += f" {first.year}"
        return f"{start} to {last.day} {last:%B} {last.year}"


def last_due(now: datetime, zone: str) -> Week:
    """The latest week whose report is due by now."""
    week = Week.at(now, zone).plus(-1)
    return week if week.due(zone) <= now else week.plus(-1)


def due_between(since: datetime, now: datetime, zone: str, most: int) -> list[Week]:
    """The weeks whose reports became due after `since` and until now, oldest first; at most the latest so many."""
    found: list[Week] = []
    week = last_due(now, zone)
    while week.due(zone) > since and len(found) < most:
        found.append(week)
        week = week.plus(-1)
    return found[::-1]


def _instant(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)
