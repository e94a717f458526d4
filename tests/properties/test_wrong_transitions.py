"""Ten thousand wrong transitions, by all kinds of people, through the steps themselves: none changes a single row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection

from app.domain.lifecycle import KEYS
from app.workflow import lifecycle
from app.workflow.unit_of_work import UnitOfWork
from tests.properties.walk import LIFECYCLE, Walk, walks

WRONG, STEPS = 10_000, 200


@pytest.fixture(scope="session", params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """SQLite alone: the walk looks at every row after every step."""
    return str(request.param)


def wrong(done: Sequence[Walk]) -> int:
    return sum(each.refused[verb] for each in done for verb in LIFECYCLE)


def total(done: Sequence[Walk], what: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in done:
        found += getattr(each, what)
    return found


def test_ten_thousand_wrong_transitions_change_nothing(connection: Connection, begin: UnitOfWork, clock: Any) -> None:
    def steps(walk: Walk) -> None:
        for _ in range(STEPS):
            walk.take(*(walk.move() if walk.chance.random() < 0.8 else walk.entry()))

    done = walks(connection, begin, clock, Random(11), steps, lambda done: wrong(done) < WRONG)
    refused, taken = total(done, "refused"), total(done, "taken")
    assert wrong(done) >= WRONG
    assert all(refused[verb] > 500 for verb in LIFECYCLE), refused
    assert all(taken[verb] > 15 for verb in LIFECYCLE), taken
    assert {stage for each in done for stage, _ in each.reached} >= set(KEYS[:6])


def test_whatever_people_type_and_press_a_completed_stage_stays_complete(
    connection: Connection, begin: UnitOfWork, clock: Any
) -> None:
    def steps(walk: Walk) -> None:
        for _ in range(80):
            if walk.chance.random() < 0.25:
                stage = walk.at().stage
                walk.take("advance", lambda walk, stage=stage: _advance(walk, stage))
            else:
                walk.take(*(walk.entry() if walk.chance.random() < 0.8 else walk.move()))

    done = walks(connection, begin, clock, Random(12), steps, lambda done: len(done) < 25)
    assert total(done, "taken").total() > 300
    assert {stage for each in done for stage, _ in each.reached} >= set(KEYS[:6])


def _advance(walk: Walk, stage: str) -> Any:
    return walk.cast.do(lifecycle.advance, walk.number, stage)
