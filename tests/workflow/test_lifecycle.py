"""Advance, block, unblock, skip, reopen: what policy and position allow, and the Moves that remain of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.lifecycle import DEFAULT_POLICY, KEYS
from app.domain.people import MAY, ROLES
from app.models.history import Move
from app.models.review import Review
from app.workflow import incident, lifecycle
from tests.cast import ROLES as CAST
from tests.cast import Cast, snapshot

STEPS: dict[str, tuple[str, Callable[..., Any], dict[str, Any]]] = {
    "advance": ("advance", lifecycle.advance, {}),
    "block": ("block", lifecycle.block, {"why": "Waits for the provider."}),
    "unblock": ("block", lifecycle.unblock, {}),
    "skip": ("skip", lifecycle.skip, {"why": "Nothing to learn."}),
    "reopen": ("reopen", lifecycle.reopen, {"why": "The times were wrong."}),
}


@pytest.mark.parametrize("verb", STEPS)
def test_each_role_may_what_the_table_says_and_no_more(cast: Cast, verb: str) -> None:
    action, step, how = STEPS[verb]
    for name, role in CAST.items():
        number = cast.incident_at("remediation")
        with cast.begin() as work:
            cast.fill(work, number, "remediation")
            if verb == "unblock":
                lifecycle.block(work, number, "remediation", why="Waits.", by=cast["Ana"], now=cast.now)
        stage = "review" if verb == "reopen" else "remediation"
        before = cast.look(snapshot)
        if ROLES.index(role) < ROLES.index(MAY[action][0]):
            with pytest.raises(NotAllowed):
                cast.do(step, number, stage, by=name, **how)
            assert cast.look(snapshot) == before
        else:
            cast.do(step, number, stage, by=name, **how)
            assert cast.moves(number)[-1] == (verb, name)


@pytest.mark.parametrize("severity", DEFAULT_POLICY)
def test_a_stage_is_skipped_where_the_severity_allows_it(cast: Cast, severity: str) -> None:
    for stage in ("review", "remediation", "analysis", "best_practice"):
        number = cast.incident_at(stage, severity=severity)
        if stage in DEFAULT_POLICY[severity].skippable:
            cast.do(lifecycle.skip, number, stage, why="Not needed here.")
            assert cast.stands(number) == (KEYS[KEYS.index(stage) + 1], "active")
            assert "incidents" in cast.heard("StageSkipped")
        else:
            with pytest.raises(Refused, match=f"{severity} may not skip"):
                cast.do(lifecycle.skip, number, stage, why="Not needed here.")
            assert cast.stands(number) == (stage, "active")


def test_without_a_severity_nothing_is_skipped(cast: Cast) -> None:
    number = cast.do(incident.declare, incident.Told(title="Odd")).number
    with pytest.raises(Refused, match="An incident without severity may not skip Incident"):
        cast.do(lifecycle.skip, number, "incident", why="Because.")


@pytest.mark.parametrize("verb", ["block", "skip", "reopen"])
def test_a_reason_is_asked_for(cast: Cast, verb: str) -> None:
    number = cast.incident_at("remediation")
    with pytest.raises(Refused, match="Say w"):
        cast.do(STEPS[verb][1], number, "review" if verb == "reopen" else "remediation", why=" \n")


def test_a_blocked_stage_neither_advances_nor_is_blocked_twice(cast: Cast) -> None:
    number = cast.incident_at("remediation")
    cast.do(lifecycle.block, number, "remediation", why="Waits.", by="Cleo")
    for step, how in ((lifecycle.advance, {}), (lifecycle.block, {"why": "Again."})):
        with pytest.raises(Refused):
            cast.do(step, number, "remediation", **how)
    assert cast.stands(number) == ("remediation", "blocked")
    cast.do(lifecycle.unblock, number, "remediation", by="Cleo")
    with pytest.raises(Refused, match="is not blocked"):
        cast.do(lifecycle.unblock, number, "remediation")
    assert cast.moves(number)[-2:] == [("block", "Cleo"), ("unblock", "Cleo")]


def test_unblocking_goes_on_with_what_has_become_complete_meanwhile(cast: Cast) -> None:
    number = cast.do(incident.declare, incident.Told(title="Odd")).number
    cast.do(lifecycle.block, number, "incident", why="Is it ours?")
    told = incident.Told(title="Odd", severity="SEV4", service_ids=[cast.services["cart"]], commander_id=cast.id("Ana"))
    cast.do(incident.edit, number, told, version=1)
    assert cast.stands(number) == ("incident", "blocked")
    cast.do(lifecycle.unblock, number, "incident")
    assert cast.stands(number) == ("resolution", "active")


@pytest.mark.parametrize("verb", ["advance", "block", "unblock", "skip"])
def test_a_step_for_another_stage_is_an_old_page_and_changes_nothing(cast: Cast, verb: str) -> None:
    number = cast.incident_at("review")
    for stage in (each for each in KEYS if each != "review"):
        with pytest.raises(Refused, match="The incident is at Review, not at"):
            cast.do(STEPS[verb][1], number, stage, **STEPS[verb][2])
    assert cast.stands(number) == ("review", "active")


@pytest.mark.parametrize("verb", STEPS)
def test_there_are_no_other_stages_and_no_other_incidents(cast: Cast, verb: str) -> None:
    _, step, how = STEPS[verb]
    with pytest.raises(Refused, match="There is no such stage"):
        cast.do(step, cast.declare(), "retro", **how)
    with pytest.raises(NotFound):
        cast.do(step, 4_711, "review", **how)


def test_a_second_click_on_advance_completes_nothing_twice(cast: Cast) -> None:
    number = cast.incident_at("resolution")
    with cast.begin() as work:
        cast.fill(work, number, "resolution")
    cast.do(lifecycle.advance, number, "resolution")
    before = cast.look(snapshot)
    with pytest.raises(Refused, match="not at Resolution"):
        cast.do(lifecycle.advance, number, "resolution", by="Ben")
    assert cast.look(snapshot) == before


@pytest.mark.parametrize("stage", ["incident", "review"])
def test_reopening_loses_nothing_and_is_a_move_of_its_own(cast: Cast, stage: str) -> None:
    number = cast.incident_at("analysis")
    before = cast.moves(number)
    cast.do(lifecycle.reopen, number, stage, why="The times were wrong.", by="Ben")
    assert cast.stands(number) == (stage, "active")
    assert cast.moves(number) == [*before, ("reopen", "Ben")]
    assert cast.look(lambda session: session.scalars(select(Review)).one()).summary == "A pool was empty."
    assert cast.heard("StageReopened") == ["incidents"]
    why = select(Move.why).order_by(Move.id.desc()).limit(1)
    assert cast.look(lambda session: session.scalar(why)) == "The times were wrong."


@pytest.mark.parametrize("stage", ["review", "adoption"])
def test_what_has_not_been_completed_is_not_reopened(cast: Cast, stage: str) -> None:
    number = cast.incident_at("review")
    with pytest.raises(Refused, match="has not been completed yet"):
        cast.do(lifecycle.reopen, number, stage, why="Again.")


def test_a_reopened_stage_is_completed_again_by_the_same_criteria(cast: Cast) -> None:
    number = cast.incident_at("analysis")
    cast.do(lifecycle.reopen, number, "review", why="The timeline began too late.")
    for stage in ("review", "remediation"):
        cast.do(lifecycle.advance, number, stage, by="Cleo")
    assert cast.stands(number) == ("analysis", "active")


def test_a_closed_loop_moves_only_by_being_reopened(cast: Cast) -> None:
    number = cast.incident_at("analysis")
    with cast.begin() as work:
        cast.fill(work, number, "analysis", decision="none", reason="A fibre.")
    cast.do(lifecycle.advance, number, "analysis")
    for verb in ("advance", "block", "unblock", "skip"):
        with pytest.raises(Refused, match="The loop of this incident is closed"):
            cast.do(STEPS[verb][1], number, "adoption", **STEPS[verb][2])
    cast.do(lifecycle.reopen, number, "adoption", why="There is a rule after all.")
    assert cast.stands(number) == ("adoption", "active")


def test_each_completed_stage_is_announced_once(cast: Cast) -> None:
    cast.incident_at("best_practice")
    for event in ("IncidentConfirmed", "IncidentResolved", "RemediationCompleted", "AnalysisCompleted"):
        assert cast.heard(event) == ["incidents"], event
    assert cast.heard("ReviewPublished") == ["incidents", "team shop"]


def test_every_step_of_a_move_is_in_the_history_with_its_person_and_its_time(cast: Cast) -> None:
    number = cast.incident_at("review")
    cast.clock.tick(hours=3)
    cast.do(lifecycle.block, number, "review", why="Waits.", by="Cleo")
    move = cast.look(lambda session: session.scalars(select(Move).order_by(Move.id.desc()).limit(1)).one())
    assert (move.verb, move.from_stage, move.from_state, move.to_stage, move.to_state) == (
        "block", "review", "active", "review", "blocked",
    )  # fmt: skip
    assert (move.by_id, move.at, move.why) == (cast.id("Cleo"), cast.now, "Waits.")
