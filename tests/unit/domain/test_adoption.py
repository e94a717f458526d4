"""The standing of one service on one practice, and how far a practice is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import integers

from app.domain import adoption
from app.domain.adoption import (
    ADOPTED,
    ALL,
    ANY,
    DOES_NOT_APPLY,
    EXEMPT,
    NOT_ADOPTED,
    UNKNOWN,
    Cell,
    Loss,
    Observed,
    Progress,
)
from app.domain.automation import ERROR, FAIL, NOT_APPLICABLE, PASS, RESULTS

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def saw(result: str, days_ago: float = 0, freshness_days: int = 7) -> Observed:
    return Observed(result, NOW - timedelta(days=days_ago), freshness_days)


def standing(*observed: Observed | None, applies: bool = True, is_exempt: bool = False, combine: str = ALL) -> str:
    return Cell(applies, observed, NOW + timedelta(days=1) if is_exempt else None, combine).at(NOW)


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ([saw(PASS)], ADOPTED),
        ([saw(PASS), saw(PASS)], ADOPTED),
        ([saw(PASS), saw(FAIL)], NOT_ADOPTED),
        ([saw(FAIL), None], NOT_ADOPTED),
        ([saw(FAIL), saw(ERROR)], NOT_ADOPTED),
        ([saw(PASS), None], UNKNOWN),
        ([saw(PASS), saw(ERROR)], UNKNOWN),
        ([saw(PASS), saw(PASS, days_ago=8)], UNKNOWN),
        ([saw(PASS, days_ago=8)], UNKNOWN),
        ([saw(FAIL, days_ago=8)], UNKNOWN),
        ([None], UNKNOWN),
        ([], UNKNOWN),
        ([saw(NOT_APPLICABLE)], DOES_NOT_APPLY),
        ([saw(NOT_APPLICABLE), saw(PASS)], ADOPTED),
        ([saw(NOT_APPLICABLE), None], UNKNOWN),
    ],
)
def test_all_checks_must_pass_and_what_is_not_known_is_never_adopted(
    observed: list[Observed | None], expected: str
) -> None:
    assert standing(*observed) == expected


def test_evidence_is_fresh_to_the_last_second_of_its_days() -> None:
    assert standing(Observed(PASS, NOW - timedelta(days=7) + timedelta(seconds=1), 7)) == ADOPTED
    assert standing(saw(PASS, days_ago=7)) == UNKNOWN


def test_an_exempt_service_is_exempt_whatever_its_evidence() -> None:
    assert standing(saw(FAIL), is_exempt=True) == EXEMPT
    assert standing(is_exempt=True) == EXEMPT


def test_a_practice_that_does_not_apply_asks_for_no_exemption() -> None:
    assert standing(saw(FAIL), applies=False, is_exempt=True) == DOES_NOT_APPLY


def test_exempt_and_not_applicable_services_count_neither_way() -> None:
    counted = adoption.progress(
        "BP-5", [(ADOPTED, 2), (NOT_ADOPTED, 1), (UNKNOWN, 1), (EXEMPT, 40), (DOES_NOT_APPLY, 50)], 50
    )
    assert counted == Progress("BP-5", adopted=2, applicable=4, target_percent=50)
    assert counted.is_met


def test_a_practice_that_applies_to_no_service_is_not_adopted_and_has_no_percentage() -> None:
    none = adoption.progress("BP-5", [(EXEMPT, 3)], 90)
    assert not none.is_met
    assert none.percent is None
    assert [each.sentence for each in adoption.missing([none])] == [
        "BP-5 applies to no service: change its selector or link another practice."
    ]


def test_almost_all_never_reads_as_all() -> None:
    assert Progress("BP-5", 999, 1000, 100).percent == 99
    assert not Progress("BP-5", 999, 1000, 100).is_met
    assert Progress("BP-5", 1000, 1000, 100).percent == 100


@pytest.mark.parametrize(("applicable", "needed"), [(1, 1), (3, 3), (10, 9), (11, 10), (100, 90)])
def test_the_services_needed_are_rounded_up(applicable: int, needed: int) -> None:
    assert Progress("BP-5", 0, applicable, 90).needed == needed


@settings(max_examples=200, deadline=None, database=None)
@given(integers(1, 5_000), integers(1, 100), integers(0, 5_000))
def test_a_practice_is_met_exactly_when_as_many_services_as_needed_have_adopted(
    applicable: int, target: int, adopted: int
) -> None:
    there = Progress("BP-5", min(adopted, applicable), applicable, target)
    assert there.is_met == (there.adopted >= there.needed)
    assert 1 <= there.needed <= applicable
    assert there.percent is not None
    assert there.is_met == (there.adopted * 100 / applicable >= target - 1e-9)


def test_what_is_missing_is_told_in_services_not_in_percent() -> None:
    rows = [Progress("BP-5", 1, 3, 90), Progress("BP-6", 3, 3, 90), Progress("BP-7", 0, 0, 90)]
    assert [each.sentence for each in adoption.missing(rows)] == [
        "BP-5 is adopted by 1 of 3 services; its target is 3.",
        "BP-7 applies to no service: change its selector or link another practice.",
    ]


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        ([saw(PASS), saw(FAIL)], ADOPTED),
        ([saw(PASS), None], ADOPTED),
        ([saw(PASS), saw(ERROR)], ADOPTED),
        ([saw(FAIL), saw(FAIL)], NOT_ADOPTED),
        ([saw(FAIL), saw(NOT_APPLICABLE)], NOT_ADOPTED),
        ([saw(FAIL), None], UNKNOWN),
        ([saw(FAIL), saw(ERROR)], UNKNOWN),
        ([saw(FAIL), saw(PASS, days_ago=8)], UNKNOWN),
        ([saw(NOT_APPLICABLE)], DOES_NOT_APPLY),
        ([], UNKNOWN),
    ],
)
def test_any_check_that_passes_is_enough_and_one_that_may_still_pass_is_no_failure(
    observed: list[Observed | None], expected: str
) -> None:
    assert standing(*observed, combine=ANY) == expected


def test_what_time_alone_will_make_of_a_standing_is_known_beforehand() -> None:
    until = NOW + timedelta(days=2)
    cell = Cell(True, [saw(PASS, freshness_days=5), saw(FAIL, days_ago=1, freshness_days=2)], until)
    assert cell.course(NOW) == (
        EXEMPT,
        [(until, UNKNOWN)],  # the failure is stale before the exemption is over
    )
    assert Cell(True, [saw(PASS, freshness_days=5)], until).course(NOW) == (
        EXEMPT,
        [(until, ADOPTED), (NOW + timedelta(days=5), UNKNOWN)],
    )
    assert Cell(False, [saw(PASS)]).course(NOW) == (DOES_NOT_APPLY, [])


@settings(max_examples=300, deadline=None)
@given(
    seen=st.lists(
        st.none() | st.builds(saw, st.sampled_from(RESULTS), st.integers(-3, 12), st.integers(1, 9)), max_size=3
    ),
    exempt_days=st.none() | st.integers(-2, 9),
    combine=st.sampled_from([ALL, ANY]),
    hours=st.integers(0, 24 * 14),
)
def test_the_course_says_the_same_as_looking_at_the_time(
    seen: list[Observed | None], exempt_days: int | None, combine: str, hours: int
) -> None:
    cell = Cell(True, seen, None if exempt_days is None else NOW + timedelta(days=exempt_days), combine)
    then = NOW + timedelta(hours=hours)
    here, ahead = cell.course(NOW)
    assert [here, *(standing for at, standing in ahead if at <= then)][-1] == cell.at(then)


def test_what_was_adopted_or_excused_and_is_no_longer_is_lost_and_the_cause_is_said() -> None:
    assert adoption.loss(ADOPTED, NOT_ADOPTED) is Loss.FAILED
    assert adoption.loss(ADOPTED, UNKNOWN) is Loss.UNSURE
    assert adoption.loss(ADOPTED, UNKNOWN, by_time=True) is Loss.STALE
    assert adoption.loss(EXEMPT, NOT_ADOPTED, by_time=True) is Loss.EXEMPTION_OVER
    assert adoption.loss(None, NOT_ADOPTED) is adoption.loss(DOES_NOT_APPLY, UNKNOWN) is Loss.NEW
    assert adoption.loss(NOT_ADOPTED, UNKNOWN) is adoption.loss(UNKNOWN, NOT_ADOPTED) is None
    assert adoption.loss(ADOPTED, EXEMPT) is adoption.loss(ADOPTED, DOES_NOT_APPLY) is None
