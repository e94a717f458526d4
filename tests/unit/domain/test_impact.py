"""Impact, the pace of a campaign, and what to do next: decided without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain import campaign, gap, impact
from app.domain.campaign import Day
from app.domain.impact import NONE, Impact

FIRST = date(2026, 3, 2)


def days(*adopted: int, of: int = 10) -> list[Day]:
    return [Day(FIRST + timedelta(days=at), each, of) for at, each in enumerate(adopted)]


def test_a_tier_weighs_twice_the_next() -> None:
    assert [impact.weight(each) for each in (1, 2, 3, 4)] == [8, 4, 2, 1]
    assert impact.weight(9) == 1


def test_minutes_that_nobody_knows_are_said_and_never_counted_as_zero() -> None:
    of = Impact(incidents=3, minutes=1_200, unknown=1, typical=600)
    assert of.words == "3 incidents, 1,200 customer minutes and 1 whose minutes are unknown"
    assert of.score(1) == 8 * 1_800
    alone = Impact(incidents=1, unknown=1)
    assert alone.words == "1 incident, customer minutes unknown"
    assert alone.score(4) > 0
    assert NONE.words == "no incident of ours yet"


def test_what_matters_most_comes_first_and_must_before_should_at_equal_impact() -> None:
    big, small, unknown = Impact(1, 900), Impact(1, 10), Impact(2, 0, 2)
    rows = [
        ("none, should", NONE, 1, "should"), ("none, must", NONE, 1, "must"), ("small on tier 1", small, 1, "must"),
        ("big on tier 4", big, 4, "must"), ("big on tier 3", big, 3, "should"), ("unknown", unknown, 4, "must"),
    ]  # fmt: skip
    found = sorted(rows, key=lambda row: impact.order(row[1], tier=row[2], level=row[3], name=row[0]))
    assert [row[0] for row in found] == [
        "big on tier 3", "big on tier 4", "unknown", "small on tier 1", "none, must", "none, should",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("adopted", "ends_in", "words"),
    [
        ((0, 1, 2, 3, 4), 10, "at this pace: 12 March, on the last day"),
        ((0, 1, 2, 3, 4), 1, "at this pace: 12 March, nine days late"),
        ((0, 1, 2, 3, 4), 11, "at this pace: 12 March, one day early"),
        ((4, 3, 4, 3, 4), 10, "at this pace: never"),
        ((4, 3, 2, 1, 0), 10, "at this pace: never"),
    ],
)
def test_a_forecast_is_of_the_pace_of_late(adopted: tuple[int, ...], ends_in: int, words: str) -> None:
    found = campaign.forecast(days(*adopted), 100, FIRST + timedelta(days=ends_in))
    assert found is not None
    assert found.words == words


def test_a_far_forecast_says_the_year_or_that_it_is_too_far() -> None:
    crawling = [*([0] * 12), 1, 2, 3]
    near = campaign.forecast(days(*crawling, of=200), 100, FIRST)
    assert near is not None
    assert near.on is None
    assert near.words == "at this pace: not within two years"
    next_year = campaign.forecast(days(0, 1, 2, 3, of=400), 100, FIRST)
    assert next_year is not None
    assert next_year.words.startswith("at this pace: 6 April 2027, ")


@pytest.mark.parametrize("adopted", [(), (0,), (0, 0, 0, 0, 0), (0, 1, 2, 2, 2), (10, 9, 8, 9, 10)])
def test_without_three_days_of_change_or_once_reached_there_is_no_forecast(adopted: tuple[int, ...]) -> None:
    assert campaign.forecast(days(*adopted), 100, FIRST) is None


def test_only_the_last_fourteen_days_make_the_pace() -> None:
    early = [0, 1, 2, 3, *([4] * 15)]
    assert campaign.forecast(days(*early), 100, FIRST) is None


def test_a_campaign_is_at_risk_when_it_is_late_or_behind_the_straight_way() -> None:
    end = FIRST + timedelta(days=10)
    assert campaign.is_at_risk(days(0, 1, 2, 3), FIRST, FIRST + timedelta(days=5), 100)
    assert not campaign.is_at_risk(days(0, 1, 2, 3), FIRST, end, 100)
    assert campaign.is_at_risk(days(0, 0, 0, 0, 0), FIRST, end, 100)
    assert not campaign.is_at_risk(days(0), FIRST, end, 100)
    assert not campaign.is_at_risk(days(10, 10), FIRST, end, 100)
    assert not campaign.is_at_risk([], FIRST, end, 100)


def test_the_target_is_rounded_up_and_nothing_is_reached_where_it_applies_to_nobody() -> None:
    assert campaign.needed(90, 11) == 10
    assert campaign.is_reached(10, 11, 90)
    assert not campaign.is_reached(9, 11, 90)
    assert not campaign.is_reached(0, 0, 90)
    assert Day(FIRST, 0, 0).percent is None


@pytest.mark.parametrize(
    ("expression", "keys"),
    [
        ('facts["http.timeout_ms"] <= 1000', ["http.timeout_ms"]),
        ("facts['a'] > 1 && facts[ \"b\" ] < 2 || facts['a'] == 0", ["a", "b"]),
        ('"k8s.replicas" in facts && facts.zone == "x"', ["k8s.replicas", "zone"]),
        ("service.tier == 1", []),
    ],
)
def test_the_facts_that_an_expression_reads_are_known(expression: str, keys: list[str]) -> None:
    assert gap.keys_read(expression) == keys


def test_the_next_act_says_what_to_do_for_each_kind_of_check() -> None:
    asked = [("facts", 'facts["timeout"] < 100'), ("reported", "ci/timeouts"), ("experiment", "Kill a pod"),
             ("attested", "Was it restored?")]  # fmt: skip
    assert [each.words for each in gap.next_acts("unknown", asked)] == [
        "Report timeout", "Let “ci/timeouts” report", "Run “Kill a pod”", "Answer: Was it restored?",
    ]  # fmt: skip
    assert [each.words for each in gap.next_acts("not_adopted", asked)] == [
        "Fix timeout, and report it again", "Make “ci/timeouts” pass and report it",
        "Mend what “Kill a pod” found, and run it again", "Do what it asks, then answer again: Was it restored?",
    ]  # fmt: skip
    assert [each.words for each in gap.next_acts("unknown", [])] == [
        "Waits for an active check: until then nobody can tell"
    ]
