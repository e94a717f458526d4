"""Dates mean the day that people expect, on every day of the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.slack.grammar import understand

DAYS = some.dates(date(2001, 1, 8), date(2099, 1, 1))
WEDNESDAY = date(2026, 11, 25)


def _on(words: str, today: date = WEDNESDAY) -> date | None:
    return understand(f"action 42 raise the limit {words}", today=today).on


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("by today", "2026-11-25"), ("by tomorrow", "2026-11-26"), ("by wed", "2026-12-02"), ("by Thu.", "2026-11-26"),
        ("by next friday", "2026-11-27"), ("by next week", "2026-11-30"), ("by eow", "2026-11-27"),
        ("by end of week", "2026-11-27"), ("by the", None), ("by end of the month", "2026-11-30"),
        ("due 1 dec", "2026-12-01"),
        ("due on monday", "2026-11-30"), ("by Dec 1st, 2027", "2027-12-01"), ("by 24 november", "2027-11-24"),
        ("by 25 nov", "2026-11-25"), ("by 2026-12-01", "2026-12-01"), ("in a week", "2026-12-02"),
        ("in 3 days", "2026-11-28"),
        ("in 1 month", "2026-12-25"), ("+2 weeks", "2026-12-09"), ("by the vendor", None), ("by 3 hosts", None),
        ("in two ways", None), ("by may", None),
    ],
)  # fmt: skip
def test_a_date_in_words(words: str, day: str | None) -> None:
    assert _on(words) == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    "words",
    ["by 31 feb", "by 29 feb", "by 2026-02-30", "by 2026-13-01", "by 2026-11-24", "by 1 dec 2025", "by 1/12",
     "by 1.12.2026"],
)  # fmt: skip
def test_a_date_that_cannot_be_is_said_and_is_no_date(words: str) -> None:
    found = understand(f"action 42 raise the limit {words}", today=WEDNESDAY)
    assert (found.on, found.words, len(found.problems)) == (None, "raise the limit", 1)
    assert "for example 2026-12-09" in found.problems[0] or "like 2026-12-09" in found.problems[0]


def test_the_29th_of_february_is_found_when_the_next_year_has_one() -> None:
    assert _on("by 29 feb", date(2027, 11, 25)) == date(2028, 2, 29)


@given(DAYS, some.sampled_from(["mon", "tuesday", "wed", "thurs", "fri", "sat", "sunday"]))
def test_a_weekday_is_the_next_one_and_never_today(today: date, name: str) -> None:
    on = _on(f"by {name}", today)
    assert on is not None
    assert 1 <= (on - today).days <= 7
    assert on.strftime("%a").lower() == name[:3]


@given(DAYS, some.integers(0, 365))
def test_a_day_and_month_is_found_again(today: date, days: int) -> None:
    on = today + timedelta(days=days)
    month = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"][on.month - 1]
    if (on.month, on.day) != (today.month, today.day):  # a year later the same day is today
        assert _on(f"by {on.day} {month}", today) == on
    assert _on(f"by {on.isoformat()}", today) == on


@given(DAYS)
def test_the_end_of_week_and_month_is_not_over(today: date) -> None:
    week, month = _on("by eow", today), _on("by eom", today)
    assert week is not None
    assert week.weekday() == 4
    assert 0 <= (week - today).days < 7
    assert month is not None
    assert month >= today
    assert (month + timedelta(days=1)).day == 1


@given(DAYS)
def test_a_week_of_the_report_is_a_week_that_has_been(today: date) -> None:
    year, week, _ = (today - timedelta(weeks=1)).isocalendar()
    for typed in (
        "report last",
        "report last week",
        f"report {year}-W{week}",
        f"report w{week}",
        f"report week {week}",
    ):
        assert understand(typed, today=today).week == f"{year}-W{week:02}"


@pytest.mark.parametrize("typed", ["report w54", "report W0", "report 2026-W53x", "report 2025-W53", "report 2027-W01"])
def test_a_week_that_cannot_be_reported_is_said_or_no_week(typed: str) -> None:
    found = understand(typed, today=WEDNESDAY)
    assert found.week is None
    assert found.problems or found.verb == "declare"
