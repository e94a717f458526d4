"""Campaigns: what a sound one is, how far it is on each day, and when it arrives at the pace of the last two weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from app.domain.errors import Refused

RUNNING, REACHED, MISSED, CLOSED_EARLY = "running", "reached", "missed", "ended"
STATES = (RUNNING, REACHED, MISSED, CLOSED_EARLY)
LONGEST_DAYS = 731
PACE_DAYS, PACE_LEAST = 14, 3  # the pace is of so many days; with fewer days of change there is none to speak of
FAR_DAYS = 731


@dataclass(frozen=True)
class Day:
    """How many services had adopted the practice at the end of a day in UTC, and to how many it applied."""

    on: date
    adopted: int
    applicable: int

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down. None: it applied to no service."""
        return self.adopted * 100 // self.applicable if self.applicable else None


@dataclass(frozen=True)
class Forecast:
    """The day on which the target is reached at the pace of late; None: it is never reached so."""

    on: date | None
    days_late: int
    words: str

    @property
    def is_late(self) -> bool:
        return self.on is None or self.days_late > 0


def needed(target_percent: int, applicable: int) -> int:
    """How many services must adopt for the target, rounded up."""
    return -(-target_percent * applicable // 100)


def is_reached(adopted: int, applicable: int, target_percent: int) -> bool:
    return applicable > 0 and adopted >= needed(target_percent, applicable)


def require_days(starts_on: date | None, ends_on: date | None, today: date) -> tuple[date, date]:
    """First and last day. Refused, each with its sentence: one is missing, over, or too far away."""
    if starts_on is None:
        raise Refused.because("campaign.start_missing", "Choose the first day.", "starts_on")
    if ends_on is None:
        raise Refused.because("campaign.end_missing", "Choose the last day.", "ends_on")
    if not today - timedelta(days=LONGEST_DAYS) <= starts_on <= today + timedelta(days=LONGEST_DAYS):
        raise Refused.because("campaign.start_wrong", "Choose a first day within two years of today.", "starts_on")
    if ends_on < today:
        raise Refused.because("campaign.end_over", "Choose a last day that is not over yet.", "ends_on")
    if ends_on <= starts_on:
        raise Refused.because("campaign.end_wrong", "Choose a last day after the first one.", "ends_on")
    if ends_on > starts_on + timedelta(days=LONGEST_DAYS):
        raise Refused.because("campaign.too_long", "A campaign lasts two years at most.", "ends_on")
    return starts_on, ends_on


def ideal(days: Sequence[Day], starts_on: date, ends_on: date, target_percent: int, on: date) -> float:
    """How many services should have adopted by a day, on the straight way from the first day to the target."""
    if not days:
        return 0
    goal, begun = needed(target_percent, days[-1].applicable), days[0].adopted
    share = (on - starts_on).days / max((ends_on - starts_on).days, 1)
    return begun + (goal - begun) * min(max(share, 0), 1)


def forecast(days: Sequence[Day], target_percent: int, ends_on: date) -> Forecast | None:
    """When it arrives at the pace of the last 14 days. None: it has arrived, or fewer than three days saw a change."""
    late = days[-PACE_DAYS - 1 :]
    changed = sum(one.adopted != other.adopted for one, other in pairwise(late))
    if not days or changed < PACE_LEAST or is_reached(days[-1].adopted, days[-1].applicable, target_percent):
        return None
    gained = late[-1].adopted - late[0].adopted
    missing = needed(target_percent, days[-1].applicable) - days[-1].adopted
    if gained <= 0:
        return Forecast(None, 0, "at this pace: never")
    ahead = -(-missing * (len(late) - 1) // gained)  # whole days, rounded up
    if ahead > FAR_DAYS:
        return Forecast(None, 0, "at this pace: not within two years")
    on = days[-1].on + timedelta(days=ahead)
    days_late = (on - ends_on).days
    return Forecast(on, days_late, f"at this pace: {on.day} {on:%B}{_year(on, days[-1].on)}, {_late(days_late)}")


def is_at_risk(days: Sequence[Day], starts_on: date, ends_on: date, target_percent: int) -> bool:
    """Late at its pace; or, while there is no pace to speak of, behind the straight way to its target."""
    if not days or is_reached(days[-1].adopted, days[-1].applicable, target_percent):
        return False
    found = forecast(days, target_percent, ends_on)
    if found is not None:
        return found.is_late
    return days[-1].adopted < int(ideal(days, starts_on, ends_on, target_percent, days[-1].on))


def _year(on: date, today: date) -> str:
    return "" if on.year == today.year else f" {on.year}"


def _late(days: int) -> str:
    if not days:
        return "on the last day"
    return f"{_count(abs(days))} {'late' if days > 0 else 'early'}"


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _count(days: int) -> str:
    return f"{_WORDS[days] if days < len(_WORDS) else days} day{'' if days == 1 else 's'}"
