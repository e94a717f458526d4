"""Who hears of what: every event is announced or on the list of the unspoken, once, and in the same transaction."""

from __future__ import annotations

import inspect
from datetime import datetime

import pytest

from app.domain import events
from app.domain.errors import Refused
from app.domain.events import Event
from app.domain.people import Actor
from app.workflow import catalog, lifecycle
from app.workflow.announcements import ANNOUNCEMENTS, UNSPOKEN
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import Work
from tests.cast import Cast, counts

GROUPS = {Event, events.Moved, events.IncidentEvent, events.PracticeEvent, events.ExemptionEvent, events.ReportEvent}
EVENTS = {each for _, each in inspect.getmembers(events, inspect.isclass) if issubclass(each, Event)} - GROUPS


def test_every_event_is_announced_or_unspoken_and_none_is_both() -> None:
    assert set(ANNOUNCEMENTS) | UNSPOKEN == EVENTS
    assert not set(ANNOUNCEMENTS) & UNSPOKEN
    assert set(CHAIN) <= EVENTS


def test_a_refused_step_tells_nobody(cast: Cast) -> None:
    number = cast.declare()
    before = cast.look(counts)
    with pytest.raises(Refused):
        cast.do(lifecycle.advance, number, "resolution")
    assert cast.look(counts) == before


def test_what_fails_after_the_step_takes_the_step_and_its_messages_back(cast: Cast) -> None:
    number = cast.declare()
    before = cast.look(counts)

    def step(work: Work, *, by: Actor, now: datetime) -> None:
        lifecycle.block(work, number, "resolution", why="Waits.", by=by, now=now)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cast.do(step)
    assert cast.look(counts) == before
    assert cast.stands(number) == ("resolution", "active")


def test_a_team_without_a_channel_is_not_told(cast: Cast) -> None:
    with cast.begin() as work:
        catalog.edit_team(work, "shop", catalog.TeamTold(name="shop", title="Shop"), by=cast["Ana"])
    cast.declare()
    assert cast.heard("IncidentDeclared") == ["incidents"]


def test_a_practice_is_announced_to_engineering_and_to_the_teams_that_must_act(cast: Cast) -> None:
    cast.report(50, "checkout", "cart")
    cast.report(500, "search")
    practice = cast.practice()
    cast.check(practice.number)
    assert cast.heard("PracticeProposed") == cast.heard("PracticeAccepted") == ["engineering"]
    assert cast.heard("CheckActivated") == ["team search"]
    cast.report(50, "search")
    assert cast.heard("PracticeAdopted") == ["engineering"]
    cast.report(500, "checkout", "cart")
    assert cast.heard("PracticeSlipped") == ["engineering"]


def test_owners_of_a_practice_hear_that_an_analysis_points_at_it(cast: Cast) -> None:
    practice = cast.practice(by="Ana")
    number = cast.incident_at("analysis")
    with cast.begin() as work:
        cast.fill(work, number, "analysis", decision="known", practice_ids=[practice.id])
    cast.do(lifecycle.advance, number, "analysis")
    assert cast.heard("AnalysisCompleted") == ["incidents", "Ben"]  # Ana, its author, did it herself
