"""Quiet hours: what need not wake anybody waits until the morning of whoever is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.slack.messages import CARD_IS_THE_MESSAGE, CARD_ONLY

WAKES = frozenset({CARD_IS_THE_MESSAGE})  # an incident that somebody declares now is for now
SILENT = CARD_ONLY | {"ReportIllustrated"}  # a message that is brought up to date rings nobody's phone
WORST = "SEV1"
DAY = timedelta(days=1)


def is_quiet(now: datetime, zone: str, quiet_from: str, quiet_until: str) -> datetime | None:
    """The end, in UTC, of the quiet hours in which `now` falls; None: it falls in none.

    `quiet_from` and `quiet_until` are wall clocks of the zone ("22:00", "07:00"), also over midnight. Without both, or
    where nobody can tell what they mean, no hour is quiet: rather a message too early than one that is lost.
    """
    try:
        begins, ends, tz = time.fromisoformat(quiet_from), time.fromisoformat(quiet_until), ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None
    if begins == ends:
        return None
    today = now.astimezone(tz).date()
    for first in (today - DAY, today):  # last night's, and that of this evening
        start = _instant(first, begins, tz)[0]
        end = _instant(first + DAY if ends < begins else first, ends, tz)[1]
        if start <= now < end:
            return end
    return None


def may_wait(event: str, severity: str | None) -> bool:
    """Whether a message may wait for the morning. Nothing about an incident of the worst severity does."""
    return event not in WAKES | SILENT and severity != WORST


def _instant(on: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last instant at which clocks show this. They are two in the night in which clocks go back; a
    wall clock that is left out in spring stands for an hour around the change."""
    found = [datetime.combine(on, at, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    return min(found), max(found)
