"""Dates as people type them: "fri", "1 dec", "tomorrow", "end of the week", and weeks: "last", "W47"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = ("mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_TWO_WAYS = re.compile(r"[0-9]{1,2}/[0-9]{1,2}(/[0-9]{2,4})?|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2,4}")
_DAY = re.compile(r"([0-9]{1,2})(st|nd|rd|th)?")
_YEAR = re.compile(r"20[0-9]{2}")
_WEEK = re.compile(r"(?:(20[0-9]{2})-?)?w([0-9]{1,2})")


@dataclass(frozen=True)
class Found:
    """How many words were read, and the date; or the sentence that says why there is no such date."""

    count: int
    on: date | None = None
    problem: str = ""


def day_at(words: Sequence[str], today: date) -> Found | None:
    """The date with which these lower-case words begin; None: they begin with none. Of a name, the next such day."""
    if not words:
        return None
    for read in (_near, _weekday, _iso, _end_of, _two_ways, _day_and_month):
        if found := read(words, today):
            return found
    return None


def _near(words: Sequence[str], today: date) -> Found | None:
    days = {"today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1}.get(words[0])
    if days is not None:
        return Found(1, today + timedelta(days=days))
    return Found(2, today + timedelta(days=7 - today.weekday())) if list(words[:2]) == ["next", "week"] else None


def weekday_of(word: str) -> int | None:
    """0 for mon or monday."""
    if word not in _WEEKDAYS and word not in _SHORT:
        return None
    return next(number for number, name in enumerate(_WEEKDAYS) if name.startswith(word[:3]))


def _weekday(words: Sequence[str], today: date) -> Found | None:
    """On a Friday, "fri" is the next one: for that same day people say today."""
    skipped = 1 if words[0] in ("next", "this") else 0
    number = weekday_of(words[skipped]) if len(words) > skipped else None
    if number is None:
        return None
    return Found(1 + skipped, today + timedelta(days=(number - today.weekday() - 1) % 7 + 1))


def _iso(words: Sequence[str], today: date) -> Found | None:
    match = _ISO.fullmatch(words[0])
    if not match:
        return None
    try:
        on = date(*map(int, match.groups()))
    except ValueError:
        return Found(1, problem=_no_such(words[0], today))
    if on < today:
        return Found(1, problem=f"{words[0]} is over: choose a date from today on, for example {_example(today)}.")
    return Found(1, on)


def _end_of(words: Sequence[str], today: date) -> Found | None:
    short = {"eow": "week", "eom": "month"}.get(words[0])
    if short:
        return Found(1, _last_day(short, today))
    phrase = list(words[:4])
    if phrase[2:3] == ["the"]:
        del phrase[2]
    if phrase[:2] == ["end", "of"] and phrase[2:3] in (["week"], ["month"]):
        return Found(3 + (words[2] == "the"), _last_day(phrase[2], today))
    return None


def _last_day(of: str, today: date) -> date:
    """The Friday of the week, from Saturday on that of the next; the last day of the month."""
    if of == "week":
        return today + timedelta(days=(4 - today.weekday()) % 7)
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _two_ways(words: Sequence[str], today: date) -> Found | None:
    if not _TWO_WAYS.fullmatch(words[0]):
        return None
    return Found(1, problem=f"{words[0]} can be read in two ways: write the date like {_example(today)}.")


def _day_and_month(words: Sequence[str], today: date) -> Found | None:
    pair = words[:2]
    for day, month in (pair, pair[::-1]) if len(pair) == 2 else ():
        number, match = _month_of(month), _DAY.fullmatch(day)
        if number and match:
            year = int(words[2]) if len(words) > 2 and _YEAR.fullmatch(words[2]) else None
            typed = " ".join(words[: 3 if year else 2])
            on = _on(int(match[1]), number, year, today)
            return Found(3 if year else 2, on, "" if on else _no_such(typed, today))
    return None


def _month_of(word: str) -> int | None:
    if len(word) < 3:
        return None
    return next(
        (number for number, name in enumerate(_MONTHS, 1) if word == name or word in (name[:3], name[:4])), None
    )


def _on(day: int, month: int, year: int | None, today: date) -> date | None:
    """The day of that year; without a year the next such day. None: it does not exist, or is over."""
    for each in (year,) if year else (today.year, today.year + 1):
        try:
            on = date(each, month, day)
        except ValueError:
            continue
        if on >= today:
            return on
    return None


def week_of(word: str, today: date) -> Found | None:
    """The Monday of "2026-w47", of "w47" (the last such week), of "last" and of "this"; lower case."""
    monday = today - timedelta(days=today.weekday())
    if word in ("last", "this"):
        return Found(1, monday - timedelta(weeks=word == "last"))
    match = _WEEK.fullmatch(word)
    if not match:
        return None
    for year in (int(match[1]),) if match[1] else (today.year + 1, today.year, today.year - 1):
        try:
            on = date.fromisocalendar(year, int(match[2]), 1)
        except ValueError:
            continue
        if on <= today:
            return Found(1, on)
    last = iso_week(monday - timedelta(weeks=1))
    return Found(
        1, problem=f"There is no report of week {word.upper()}: choose a week that has been, for example {last}."
    )


def iso_week(on: date) -> str:
    """2026-W47."""
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02}"


def _no_such(typed: str, today: date) -> str:
    return f"There is no {typed} to come: choose another date, for example {_example(today)}."


def _example(today: date) -> str:
    return (today + timedelta(days=14)).isoformat()
