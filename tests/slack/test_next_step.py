"""The next step of the cycle is one click away: after every step, the answer offers it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import NotAllowed
from app.models.incident import Incident
from app.workflow import automation, best_practice, review
from tests.slack.asking_stages import Desk, button, desk, words_of


@pytest.fixture
def at(sessions: sessionmaker[Session], engine: Engine, clock: Any) -> Desk:
    return desk(sessions, engine, clock)


@pytest.fixture
def of(at: Desk) -> Incident:
    """An incident at remediation, with an item of Ben and one of Ana."""
    of = reviewed(at)
    at.say(f"advance {of.number}")
    for who in ("U0BEN", "U0ANA"):
        at.say(f"action {of.number} probe checkout <@{who}> by fri")
    return of


def reviewed(at: Desk) -> Incident:
    """An incident whose review lacks nothing."""
    of, now = at.office.declare(), at.clock()
    at.office.resolve(of)
    told = review.Told(
        facilitator_id=at.ana.id, summary="s", went_well="a", went_badly="b", got_lucky="c",
        timeline=[(now, "Alarm")], factors=[("dependency", "No timeout")],
    )  # fmt: skip
    with at.office.begin() as work:
        review.save(work, of.number, told, version=0, by=at.ana, now=now)
    return of


def test_a_published_review_offers_its_first_action_item_in_a_form(at: Desk) -> None:
    of = reviewed(at)
    said = at.say(f"advance {of.number}")
    first = button(said, "Add an action item")
    assert first["style"] == "primary"
    assert at.click(first).form is not None
    assert words_of(at.say(f"action {of.number} probe checkout <@U0BEN> by fri")) == ["Add another"]


def test_while_items_are_left_it_says_how_many_and_offers_those_that_this_person_can_do(at: Desk, of: Incident) -> None:
    said = at.say("done act-1", at.ben)
    assert "1 other item that must be done is left in" in said.text
    assert said.text.endswith(": ACT-2.")
    assert words_of(said) == [f"Open INC-{of.number}"]  # Ben verifies nothing of his own, and ACT-2 is Ana's
    said = at.click({"action_id": "do:verify:0", "value": "ACT-1"})
    assert "1 other item that must be done is left in" in said.text
    assert words_of(said) == ["Done: ACT-2", f"Open INC-{of.number}"]
    said = at.click(button(said, "Done: ACT-2"))
    assert "waits for somebody other than Ana" in said.text
    assert "left in" not in said.text
    at.say(f"action {of.number} page somebody <@U0CLEO> by fri")
    at.say("done act-3", at.cleo)
    assert "left in" in at.say("reopen act-1").text
    said = at.say("done act-1", at.ben)
    assert "2 other items that must be done are left in" in said.text
    assert "2 of them only to be verified: ACT-2, ACT-3." in said.text
    assert words_of(said) == ["Verify ACT-2", "Verify ACT-3", f"Open INC-{of.number}"]


def test_after_the_last_item_its_remediation_is_completed_with_a_click(at: Desk, of: Incident) -> None:
    at.say("done act-1", at.ben)
    at.say("verify act-1")
    said = at.say("done act-2")
    said = at.click({"action_id": "do:verify:0", "value": "ACT-2"}, at.ben)
    assert "Nothing that must be done is left in" in said.text
    complete = button(said, "Complete Remediation")
    assert complete["style"] == "primary"
    with pytest.raises(NotAllowed):
        at.click(complete, at.dev)
    said = at.click(complete, at.ben)
    assert at.read(of.number).stage == "analysis"
    assert at.click(button(said, "Name the pattern")).form is not None
    before = at.moves()
    assert "has left that stage" in at.click(complete).text
    assert at.moves() == before


def test_dropping_the_last_item_offers_the_same_and_what_could_be_done_is_not_waited_for(
    at: Desk, of: Incident
) -> None:
    opened = at.say(f"action {of.number} tidy up")
    at.submit(opened, owner_id="U0BEN", due_on="2026-03-06", priority="could")
    at.say("drop act-1 the host is gone")
    said = at.say("drop act-2 the host is gone")
    assert words_of(said) == ["Complete Remediation", f"Open INC-{of.number}"]


def test_an_item_of_a_blocked_incident_offers_to_unblock_it(at: Desk, of: Incident) -> None:
    at.say(f"block {of.number} the vendor must answer")
    assert words_of(at.say("done act-1", at.ben))[0] == "Unblock"


def test_an_item_of_an_incident_at_another_stage_offers_what_that_stage_waits_for(at: Desk) -> None:
    of = at.office.declare()
    at.say(f"action {of.number} probe checkout <@U0ANA> by fri")
    assert "Resolve" in words_of(at.say("done act-1"))


def test_an_accepted_practice_offers_its_check_or_to_let_the_one_that_was_tried_count(at: Desk) -> None:
    told = best_practice.Told(statement="Every call has a timeout", why="Storm.", area="dependency")
    with at.office.begin() as work:
        for _ in range(2):
            best_practice.propose(work, told, by=at.ana, now=at.clock())
        check = automation.Told(kind="attested", expression="Is it?", because="By hand.")
        check_id = automation.write(work, 2, check, by=at.ana, now=at.clock()).id
    assert words_of(at.say("accept bp-1", at.ben))[0] == "Write a check for BP-1"
    activate = button(at.say("accept bp-2", at.ben), "Activate")
    assert activate["value"] == f"BP-2 {check_id} 1"
    assert "is checked from now on" in at.click(activate).text


def test_a_line_of_the_timeline_is_followed_by_what_the_incident_waits_for(at: Desk) -> None:
    of = at.office.declare()
    assert "Resolve" in words_of(at.say(f"timeline {of.number} database failed over"))
