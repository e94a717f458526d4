"""Recurrence: known and not adopted, adopted and yet it happened, or new; as of the start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.adoption import ADOPTED, DOES_NOT_APPLY, EXEMPT, NOT_ADOPTED, STANDINGS, UNKNOWN
from app.domain.recurrence import (
    ADOPTED_YET,
    EXCUSED,
    KNOWN_NOT_ADOPTED,
    NEW,
    PREVENTABLE,
    STOOD,
    TITLES,
    VERDICTS,
    is_known,
    of_all,
    sentence,
    started,
    verdict,
)

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("standings", "expected"),
    [
        ([], NEW),
        ([DOES_NOT_APPLY], NEW),
        ([ADOPTED], ADOPTED_YET),
        ([ADOPTED, DOES_NOT_APPLY], ADOPTED_YET),
        ([NOT_ADOPTED], KNOWN_NOT_ADOPTED),
        ([ADOPTED, NOT_ADOPTED], KNOWN_NOT_ADOPTED),
        ([UNKNOWN], KNOWN_NOT_ADOPTED),
        ([ADOPTED, UNKNOWN], KNOWN_NOT_ADOPTED),
        ([EXEMPT], EXCUSED),
        ([ADOPTED, EXEMPT], EXCUSED),
        ([EXEMPT, NOT_ADOPTED], KNOWN_NOT_ADOPTED),
    ],
)
def test_one_rule_that_was_not_adopted_decides(standings: list[str], expected: str) -> None:
    assert verdict(standings) == expected


def test_what_is_unknown_or_excused_never_passes_for_adopted() -> None:
    for each in STANDINGS:
        assert (verdict([each]) == ADOPTED_YET) == (each == ADOPTED)
    assert {KNOWN_NOT_ADOPTED, EXCUSED} == PREVENTABLE


def test_one_service_that_had_not_adopted_makes_the_whole_incident_preventable() -> None:
    assert of_all([NEW, ADOPTED_YET, KNOWN_NOT_ADOPTED]) == KNOWN_NOT_ADOPTED
    assert of_all([NEW, ADOPTED_YET]) == ADOPTED_YET
    assert of_all([ADOPTED_YET, EXCUSED]) == EXCUSED
    assert of_all([]) == NEW


def test_the_start_is_the_earliest_thing_that_anybody_has_said() -> None:
    assert started(AT, None, None) == AT
    assert started(AT, None, AT - HOUR) == AT - HOUR
    assert started(AT, AT - 2 * HOUR, AT - HOUR) == AT - 2 * HOUR


def test_a_practice_is_known_from_its_acceptance_until_it_is_retired() -> None:
    assert is_known(AT, None, AT)
    assert not is_known(AT + HOUR, None, AT)
    assert not is_known(None, None, AT)
    assert is_known(AT - HOUR, AT + HOUR, AT)
    assert not is_known(AT - HOUR, AT, AT)


@pytest.mark.parametrize(
    ("standing", "numbers", "more", "words"),
    [
        (NOT_ADOPTED, [31, 12], 0, "checkout had not adopted BP-5, learned from INC-12 and INC-31."),
        (NOT_ADOPTED, [31], 0, "checkout had not adopted BP-5, learned from INC-31."),
        (NOT_ADOPTED, [], 0, "checkout had not adopted BP-5."),
        (NOT_ADOPTED, [9, 8, 7], 4, "checkout had not adopted BP-5, learned from INC-7, INC-8, INC-9 and 4 more."),
        (UNKNOWN, [31], 0, "checkout was not known to have adopted BP-5, learned from INC-31."),
        (EXEMPT, [31], 0, "checkout was exempt from BP-5, learned from INC-31."),
        (ADOPTED, [31], 0, "checkout had adopted BP-5, learned from INC-31, and yet it happened."),
        (ADOPTED, [], 0, "checkout had adopted BP-5 and yet it happened."),
    ],
)
def test_the_sentence_says_where_the_service_stood(standing: str, numbers: list[int], more: int, words: str) -> None:
    assert sentence("checkout", "BP-5", standing, numbers, more) == words


def test_every_verdict_has_a_title_and_every_standing_that_counts_has_words() -> None:
    assert set(TITLES) == set(VERDICTS)
    assert set(STOOD) == set(STANDINGS) - {DOES_NOT_APPLY}
