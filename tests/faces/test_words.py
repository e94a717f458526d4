"""How values are said: to the digit, and never more than is known."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given

from app.domain.report_sections import Count
from app.faces import words
from app.faces.meta import Meta
from tests.faces import strategies
from tests.faces.sample import AS_OF, WEEK, figures


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (None, "unknown"),
        (Count(1_420, 580), "71.0 % (1,420 of 2,000)"),
        (Count(1_999, 1), "99.9 % (1,999 of 2,000)"),
        (Count(9_999, 1), "99.9 % (9,999 of 10,000)"),
        (Count(40, 0, 0, 2), "100 % (40 of 40)"),
        (Count(0, 20), "0 % (0 of 20)"),
        (Count(1, 2_999), "0.0 % (1 of 3,000)"),
        (Count(3, 4, 1), "3 of 8"),
        (Count(0, 0, 0, 5), "all 5 exempt"),
        (Count(), "applies to none"),
        (Count(5, 0, 5), "50.0 % (5 of 10)"),
    ],
)
def test_a_share_is_said(count: Count | None, said: str) -> None:
    assert words.share(count) == said


@given(strategies.counts)
def test_only_all_are_100_percent_and_a_percentage_never_says_too_much(count: Count) -> None:
    said = words.share(count)
    assert ("100 %" in said) == (count.applicable >= 10 and count.adopted == count.applicable)
    if found := re.match(r"([\d.]+) % \(([\d,]+) of ([\d,]+)\)", said):
        assert (int(found[2].replace(",", "")), int(found[3].replace(",", ""))) == (count.adopted, count.applicable)
        exact = Fraction(count.adopted * 100, count.applicable)
        assert 0 <= exact - Fraction(found[1]) < Fraction(1, 10)


def test_what_is_unknown_or_exempt_is_said_beside_the_share() -> None:
    assert words.share_whole(Count(3, 4, 1, 2)) == "3 of 8, 1 of them unknown, 2 exempt"
    assert words.share_whole(None) == "unknown"
    assert words.share_whole(Count(0, 0, 0, 1)) == "all 1 exempt"


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (Count(52, 21), Count(47, 26), "+6.9 points since last week"),
        (Count(47, 26), Count(52, 21), "−6.9 points since last week"),
        (Count(52, 21), Count(52, 21), "no change"),
        (Count(14, 6), Count(28, 12), "no change"),
        (Count(1_001, 1_000), Count(1_000, 1_000), "up by less than 0.1 points since last week"),
        (Count(52, 21), None, "not known: last week was not measured"),
        (None, Count(52, 21), ""),
        (Count(0, 0, 0, 4), Count(4, 0), ""),
        (Count(4, 4), Count(2, 6), "+2 since last week"),
        (Count(2, 6), Count(4, 4), "−2 since last week"),
        (Count(4, 4), Count(4, 5), "±0 from 4 of 9 since last week"),
        (Count(12, 4), Count(4, 4), "+8 from 4 of 8 since last week"),
        (Count(3, 4), Count(0, 0, 0, 7), "new: it applied to none before"),
    ],
)
def test_a_change_is_said(now: Count | None, before: Count | None, said: str) -> None:
    assert words.change(now, before) == said


@given(strategies.counts, strategies.counts)
def test_a_change_is_the_difference_of_what_is_said_of_both_weeks(now: Count, before: Count) -> None:
    said = words.change(now, before)
    if found := re.match(r"([+−])([\d.]+) points", said):
        shown = [Fraction(each.tenths or 0, 10) for each in (now, before)]
        assert shown[0] - shown[1] == Fraction(found[2]) * (1 if found[1] == "+" else -1)
        assert words.direction(now, before) == (1 if found[1] == "+" else -1)


def test_minutes_and_hours_and_days_are_said() -> None:
    assert [words.minutes(each) for each in (4_200, 1, 0, None)] == [
        "4,200 customer minutes", "1 customer minute", "0 customer minutes", "unknown",
    ]  # fmt: skip
    assert words.minutes_of(0, 2, 2) == "unknown"
    assert words.minutes_of(0, 1, 2) == "unknown"
    assert words.minutes_of(0, 0, 0) == "0 customer minutes"
    assert words.minutes_of(1_200, 1, 3) == "at least 1,200 customer minutes"
    assert [words.hours(each) for each in (None, 0.4, 1.9, 26.5, 47.9, 48, 620.5)] == [
        "unknown", "under 1 h", "1 h", "26 h", "47 h", "2 days", "25 days",
    ]  # fmt: skip
    assert words.day(date(2026, 12, 18)) == "18 December 2026"
    assert words.day(date(2026, 12, 18), 2026) == "18 December"
    assert words.week(WEEK, "Europe/Berlin") == "Week 47, 16 to 22 November 2026 (Europe/Berlin)"
    assert words.instant(datetime(2026, 11, 18, 23, 30, tzinfo=UTC), "Europe/Berlin") == (
        "Thursday 19 November 2026, 00:30"
    )


def test_what_has_to_be_known_before_reading_is_said() -> None:
    made = Meta(WEEK, AS_OF + timedelta(hours=8), "/reports/2026-W47")
    assert words.remarks(figures(), made) == []
    late = Meta(WEEK, AS_OF + timedelta(days=2), "/x", is_late=True)
    assert words.remarks(figures(), late) == [
        "Made late, on Wednesday 25 November 2026, 00:00 instead of Monday at 08:00. The figures are of the week's end."
    ]
    corrected = Meta(WEEK, AS_OF, "/x", 2, 3, why="The file was wrong.", changed=["Slips: 1 → 2."], by_name="Ben\n|")
    assert words.remarks(figures(), corrected) == [
        "Revision 2, corrected by Ben | on Monday 23 November 2026, 00:00: The file was wrong. Changed: Slips: 1 → 2.",
        "A correction has taken the place of this one: revision 3.",
    ]
    preview = Meta(WEEK, AS_OF, "/x", is_preview=True)
    assert "preview" in words.remarks(figures(), preview)[0]


@given(strategies.texts)
def test_what_somebody_wrote_is_one_line_that_turns_nothing(text: str) -> None:
    said = words.plain(text)
    assert len(said) <= words.TITLE_MOST
    assert said == " ".join(said.split())
    assert not set(said) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00\x1b\n\r\t\u2028")
    said.encode()
