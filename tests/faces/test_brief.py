"""The three sentences that a leader reads in ten seconds, in many kinds of weeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from app.domain.adoption import Loss
from app.domain.recurrence import ADOPTED_YET, KNOWN_NOT_ADOPTED
from app.domain.report import Figures
from app.domain.report_sections import (
    Adoption,
    Count,
    LoopLine,
    Loops,
    Mover,
    Need,
    PracticeLine,
    RecurrenceLine,
    Recurrences,
    SlipLine,
    Slips,
)
from app.faces.brief import in_short
from tests.faces import sample, strategies
from tests.faces.sample import AT
from tests.faces.strategies import empty

STATEMENT = "Every client sets a timeout."


def said(**told: Any) -> tuple[str, str, str]:
    better, slipped, first = in_short(replace(empty(), **told))
    return better.sentence, slipped.sentence, first.sentence


def adoption(now: Count | None, before: Count | None) -> Adoption:
    return Adoption(now, before, 3, 60, [])


def practice(number: int, now: Count, before: Count | None, target: int = 90) -> PracticeLine:
    return PracticeLine(number, STATEMENT, "must", target, now, before, ())


def recurrence(number: int, minutes: int | None, verdict: str = KNOWN_NOT_ADOPTED) -> RecurrenceLine:
    return RecurrenceLine(number, "Checkout was down", "SEV1", verdict, ["checkout"], [5], minutes)


def slip(service: str, number: int, cause: str = Loss.FAILED.value, *, is_back: bool = False) -> SlipLine:
    return SlipLine(service, "Shop", number, STATEMENT, cause, "", AT, AT + timedelta(hours=1) if is_back else None)


def test_the_week_of_the_sample_is_said_in_three_sentences() -> None:
    assert [each.sentence for each in in_short(sample.figures())] == [
        "Adoption rose by 6.9 points to 71.2 % (52 of 73), the loop of INC-31 “Mails were sent twice” closed, and 2 "
        "more services adopted BP-5 (9 of 25).",
        "INC-61 “Checkout <is> down & nobody can pay” could have been prevented by BP-5 on checkout (1,200 customer "
        "minutes), cart no longer follows BP-5, and INC-60 “Search timed out” happened although BP-2 was adopted.",
        "Ben: BP-5 “Every client sets a timeout below that of its caller” – it was adopted and is below its target: 9 "
        "of 25, 23 are needed; checkout moves it most (4,200 preventable customer minutes behind it).",
    ]  # fmt: skip


def test_before_anything_is_measured_it_says_how_to_begin() -> None:
    assert said() == (
        "Nothing is measured yet, so adoption can neither rise nor fall.",
        "Nothing could slip this week: no practice is measured yet.",
        "Switch on a starter practice, or give an accepted one a check: from then on machines measure adoption.",
    )
    assert in_short(empty())[2].path == "/practices/starter"


def test_the_first_week_says_where_adoption_starts() -> None:
    better, slipped, first = said(
        adoption=adoption(Count(12, 8), None), practices=[practice(5, Count(12, 8), None)],
    )  # fmt: skip
    assert better == "Adoption is measured for the first time: 60.0 % (12 of 20)."
    assert slipped == "Nothing slipped this week."
    assert first == "Nothing needs a decision this week; BP-5 is the furthest from its target (12 of 20)."


def test_a_quiet_week_is_said_calmly() -> None:
    same = Count(20, 0)
    assert said(adoption=adoption(same, same), practices=[practice(5, same, same)]) == (
        "Nothing got better this week: adoption stands still at 100 % (20 of 20).",
        "Nothing slipped this week.",
        "Nothing needs a decision this week.",
    )


def test_a_week_that_is_not_over_is_told_so_far() -> None:
    same = Count(20, 0)
    running = replace(empty(), adoption=adoption(same, same), as_of=empty().as_of - timedelta(days=2))
    assert [each.sentence for each in in_short(running)[:2]] == [
        "Nothing got better so far this week: adoption stands still at 100 % (20 of 20).",
        "Nothing slipped so far this week.",
    ]


@pytest.mark.parametrize(
    ("now", "before", "better", "slipped"),
    [
        (Count(30, 10), Count(20, 20), "Adoption rose by 25.0 points to 75.0 % (30 of 40).",
         "Nothing slipped this week."),
        (Count(20, 20), Count(30, 10), "Nothing got better this week.",
         "Adoption fell by 25.0 points to 50.0 % (20 of 40)."),
        (Count(4, 4), Count(3, 5), "Adoption rose from 3 of 8 to 4 of 8.", "Nothing slipped this week."),
        (Count(20, 10, 0, 10), Count(20, 20), "Adoption rose by 16.6 points to 66.6 % (20 of 30), because 10 more "
         "cells are exempt.", "Nothing slipped this week."),
        (Count(20, 20), Count(20, 10), "Nothing got better this week.", "Adoption fell by 16.6 points to 50.0 % (20 of "
         "40), because more cells count than last week."),
        (Count(20, 0), Count(20, 5), "Adoption rose by 20.0 points to 100 % (20 of 20), because fewer cells count than "
         "last week.", "Nothing slipped this week."),
    ],
)  # fmt: skip
def test_adoption_that_moves_is_said_with_its_reason(now: Count, before: Count, better: str, slipped: str) -> None:
    assert said(adoption=adoption(now, before))[:2] == (better, slipped)


def test_adoption_that_fell_only_because_more_is_measured_is_no_ones_fault() -> None:
    lines = [practice(5, Count(20, 0), Count(19, 1)), practice(9, Count(0, 20), None)]
    slipped = said(adoption=adoption(Count(20, 20), Count(19, 1)), practices=lines)[1]
    assert slipped == "Adoption fell by 45.0 points to 50.0 % (20 of 40), because BP-9 is measured now."


def test_practices_that_reach_their_targets_or_fall_below_are_named() -> None:
    up, down = practice(2, Count(9, 1), Count(8, 2)), practice(7, Count(8, 2), Count(9, 1))
    assert said(practices=[up])[0] == "BP-2 reached its target (9 of 10)."
    assert said(practices=[down])[1] == "BP-7 fell below its target (8 of 10, 9 needed)."
    three = [replace(up, number=each) for each in (1, 2, 3)]
    assert said(practices=three)[0] == "BP-1, BP-2 and 1 more reached their targets."
    assert (
        said(practices=[replace(down, number=each) for each in (1, 2)])[1] == "BP-1 and BP-2 fell below their targets."
    )


def test_a_practice_that_is_measured_since_today_reached_nothing() -> None:
    new = practice(2, Count(9, 1), None)
    assert said(adoption=adoption(Count(9, 1), Count(9, 1)), practices=[new])[0].startswith("Nothing got better")


def test_loops_that_closed_are_counted_and_one_is_named() -> None:
    line = LoopLine(31, "Mails were sent twice", "SEV2", AT)
    assert said(loops=Loops([], 0, [line], 1, 0, 3, 1, 4))[0] == "The loop of INC-31 “Mails were sent twice” closed."
    two = [line, replace(line, incident=40)]
    assert said(loops=Loops([], 0, two, 2, 0, 3, 2, 4))[0] == "2 loops closed (INC-31 and INC-40)."
    assert said(loops=Loops([], 0, two, 300, 0, 3, 2, 4))[0] == "300 loops closed."
    hidden = replace(line, incident=0, title="an incident that is private now")
    assert said(loops=Loops([], 0, [hidden], 1, 0, 3, 1, 4))[0] == "1 loop closed."
    assert said(loops=Loops([], 0, [], 0, 2, 3, 1, 4))[1] == "2 loops opened again."


def test_incidents_that_could_have_been_prevented_come_first() -> None:
    slipped = said(
        recurrences=Recurrences([recurrence(61, 1_200), recurrence(60, None)], 2, 1_200, 1, 0),
        slips=Slips([slip("cart", 5)], 1, 0),
    )[1]
    assert slipped == (
        "2 incidents could have been prevented (at least 1,200 customer minutes), above all INC-61 "
        "“Checkout was down” by BP-5 on checkout; and cart no longer follows BP-5."
    )


def test_minutes_that_nobody_knows_are_not_said_as_none() -> None:
    slipped = said(recurrences=Recurrences([recurrence(61, None)], 1, 0, 1, 0))[1]
    assert slipped == "INC-61 “Checkout was down” could have been prevented by BP-5 on checkout."
    yet = said(recurrences=Recurrences([recurrence(60, None, ADOPTED_YET)], 0, 0, 0, 1))[1]
    assert yet == "INC-60 “Checkout was down” happened although BP-5 was adopted."


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([slip("cart", 5)], "cart no longer follows BP-5."),
        ([slip("cart", 5, Loss.STALE.value)], "The evidence of cart on BP-5 is too old."),
        ([slip("cart", 5, Loss.UNSURE.value)], "Nobody can tell any more whether cart follows BP-5."),
        ([slip("cart", 5, Loss.EXEMPTION_OVER.value)], "The exemption of cart from BP-5 is over."),
        ([slip("cart", 5, Loss.NEW.value)], "BP-5 applies to cart now, which does not follow it yet."),
        ([slip("cart", 5), slip("mail", 7)], "cart no longer follows BP-5 and mail no longer follows BP-7."),
        ([slip(each, 5) for each in "abc"], "3 services slipped on BP-5."),
        ([slip(each, number) for number, each in enumerate("abc")], "3 slips have not recovered."),
        ([slip("cart", 5, is_back=True)], "Nothing stayed lost this week: 1 slip recovered."),
    ],
)
def test_what_was_lost_is_said_by_how_it_was_lost(lines: list[SlipLine], sentence: str) -> None:
    back = sum(each.recovered_at is not None for each in lines)
    assert said(adoption=adoption(Count(1, 1), Count(1, 1)), slips=Slips(lines, len(lines), back))[1] == sentence


def test_a_practice_that_fell_is_told_with_the_one_service_that_lost_it() -> None:
    down = practice(5, Count(8, 2), Count(9, 1))
    told = {"practices": [down], "adoption": adoption(Count(8, 2), Count(9, 1))}
    assert said(slips=Slips([slip("cart", 5)], 1, 0), **told)[1] == (
        "BP-5 fell below its target (8 of 10, 9 needed) because cart no longer follows BP-5; and adoption fell by 10.0 "
        "points to 80.0 % (8 of 10)."
    )
    assert "because" not in said(slips=Slips([slip("cart", 7)], 1, 0), **told)[1]


def test_what_to_do_first_is_the_first_need_with_its_owner() -> None:
    need = Need(
        "slipped_practice", "Ben", "BP-5", STATEMENT, "/practices/5",
        "It slipped: 9 of 25 adopt it, 23 must. Begin with checkout and cart.", None,
    )  # fmt: skip
    assert said(needs=[need])[2] == (
        "Ben: BP-5 “Every client sets a timeout” – it slipped: 9 of 25 adopt it, 23 must; begin with checkout and cart."
    )
    stuck = Need(
        "stuck_stage", "Ana", "INC-42", "The queue", "/incidents/42", "At Review for 12 days: unblock it.", 90, 42
    )
    assert said(needs=[stuck])[2] == (
        "Ana: INC-42 “The queue” – at Review for 12 days: unblock it (90 preventable customer minutes behind it)."
    )


def test_without_a_need_the_practice_that_is_furthest_is_named_with_where_to_begin() -> None:
    line = replace(practice(5, Count(3, 17), Count(3, 17)), movers=[Mover("checkout", 1, None, "unknown", 1, 1, 0)])
    assert said(practices=[line])[2] == (
        "Nothing needs a decision this week; BP-5 is the furthest from its target (3 of 20); begin with checkout."
    )


@given(strategies.figures())
@settings(max_examples=60, deadline=None)
def test_there_are_always_three_short_sentences(of: Figures) -> None:
    for each in in_short(of):
        assert each.sentence.endswith(".")
        assert not each.sentence.endswith("..")
        assert len(each.sentence) < 800
        assert "\n" not in each.sentence
        assert each.path.startswith("/")
        assert "INC-0" not in each.sentence
        assert "0 incidents" not in each.sentence
