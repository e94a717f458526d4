"""Ten thousand wrong moves, none of which changes anything, and each of which is told why."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.strategies import sampled_from, sets

from app.domain import lifecycle as cycle
from app.domain.errors import Refused
from app.domain.lifecycle import KEYS, SEVERITIES, STAGES, Position

REASONS = ("", "  ", "because")
SEVERITIES_OR_NONE = (*SEVERITIES, None)
CODES = [code for stage in STAGES for code in stage.exit]
DETAILS = {"item": "ACT-1", "practice": "BP-1", "adopted": 1, "applicable": 3, "target": 2, "which": "started",
           "later": "was resolved", "earlier": "started"}  # fmt: skip
NUMBER = {key: number for number, key in enumerate(KEYS, 1)}


def moves(
    at: Position, stage: str, why: str, severity: str | None, codes: list[str]
) -> dict[str, tuple[bool, Callable[[], Position]]]:
    """Each move, and whether it is right: said once more, in other words than the domain's."""
    is_current = stage == at.stage and at.state in ("active", "blocked")
    is_closed = at.stage == "adoption" and at.state in ("done", "skipped")
    has_reason = why == "because"
    skippable = {None: 9, "SEV1": 9, "SEV2": 9, "SEV3": 4, "SEV4": 3}[severity] <= NUMBER[stage]
    is_back = NUMBER[stage] < NUMBER[at.stage] or (is_closed and stage == at.stage)
    missing = [cycle.sentence(code, **DETAILS) for code in codes]
    return {
        "advance": (is_current and at.state == "active" and not codes, lambda: cycle.advance(at, stage, missing)),
        "skip": (
            is_current and has_reason and skippable,
            lambda: cycle.skip(at, stage, severity, why, cycle.DEFAULT_POLICY),
        ),
        "block": (is_current and has_reason and at.state == "active", lambda: cycle.block(at, stage, why)),
        "unblock": (is_current and at.state == "blocked", lambda: cycle.unblock(at, stage)),
        "reopen": (is_back and has_reason, lambda: cycle.reopen(at, stage, why)),
    }


def attempt(at: Position, is_right: bool, move: Callable[[], Position]) -> Position:
    """The position after a try. A wrong one must be refused in sentences and leave the position as it was."""
    before = (at.stage, at.state)
    if is_right:
        after = move()
        assert after != at
        assert after.stage in KEYS
        return after
    with pytest.raises(Refused) as refused:
        move()
    assert refused.value.refusals
    assert all(each.sentence.endswith(".") and each.code for each in refused.value.refusals)
    assert (at.stage, at.state) == before
    return at


def test_ten_thousand_wrong_moves_change_nothing_and_each_is_told_why() -> None:
    chance = random.Random(42)
    wrong, right, reached = 0, 0, set()
    at = cycle.START
    while wrong < 10_000:
        codes = chance.sample(CODES, chance.choice((0, 0, 1, 3)))
        stage = at.stage if chance.random() < 0.4 else chance.choice(KEYS)
        tried = moves(at, stage, chance.choice(REASONS), chance.choice(SEVERITIES_OR_NONE), codes)
        verb = chance.choice(list(tried))
        is_right, move = tried[verb]
        if verb == "reopen" and is_right and chance.random() < 0.7:
            continue  # so that the walk gets to the end as well
        at = attempt(at, is_right, move)
        wrong, right = wrong + (not is_right), right + is_right
        reached.add((at.stage, at.state))
    assert wrong >= 10_000
    assert right > 500
    assert {stage for stage, _state in reached} == set(KEYS)
    assert Position("adoption", "done").is_closed
    assert {("adoption", "done"), ("adoption", "skipped"), ("adoption", "blocked")} <= reached


class Incident(RuleBasedStateMachine):
    """One incident through any sequence of moves, right and wrong, shrunk to the shortest that misbehaves."""

    @initialize()
    def declare(self) -> None:
        self.at = cycle.START

    @rule(
        verb=sampled_from(("advance", "skip", "block", "unblock", "reopen")), stage=sampled_from(KEYS),
        here=sampled_from((True, False)), why=sampled_from(REASONS), severity=sampled_from(SEVERITIES_OR_NONE),
        codes=sets(sampled_from(CODES), max_size=2),
    )  # fmt: skip
    def move(self, verb: str, stage: str, here: bool, why: str, severity: str | None, codes: set[str]) -> None:
        tried = moves(self.at, self.at.stage if here else stage, why, severity, sorted(codes))
        self.at = attempt(self.at, *tried[verb])

    @invariant()
    def it_stands_at_one_stage_in_one_state(self) -> None:
        assert self.at.stage in KEYS
        assert self.at.state in (
            ("active", "blocked", "done", "skipped") if self.at.is_closed else ("active", "blocked")
        )


TestIncident = Incident.TestCase
TestIncident.settings = settings(max_examples=25, stateful_step_count=25, deadline=None, database=None)
