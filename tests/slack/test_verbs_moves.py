"""Moving an incident through its stages from Slack."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import NotAllowed, Refused
from app.models.incident import Incident
from app.slack.verbs.lifecycle import stage_in
from app.workflow import changes
from app.workflow.receipt import AlreadyDone
from tests.slack.asking_stages import Desk, button, buttons, desk, words_of


@pytest.fixture
def at(sessions: sessionmaker[Session], engine: Engine, clock: Any) -> Desk:
    return desk(sessions, engine, clock)


@pytest.fixture
def of(at: Desk) -> Incident:
    """At review, which SEV4 may skip."""
    made = at.office.declare()
    at.office.resolve(made)
    with at.office.begin() as work:
        changes.of_incident(work, made.number, {"severity": "SEV4"}, by=at.ana, now=at.clock())
    return at.read(made.number)


def test_what_a_stage_lacks_is_listed_with_the_button_for_it(at: Desk, of: Incident) -> None:
    said = at.say(f"next {of.number}")
    assert "cannot leave Review yet. It lacks:" in said.text
    assert "• Write a summary." in said.text
    assert "• Name a facilitator." in said.text
    opened = at.click(button(said, "Write the review"))
    assert opened.form is not None
    assert opened.form.form == "review"
    assert at.read(of.number).stage == "review"


def test_every_early_stage_has_a_form_to_open(at: Desk, of: Incident) -> None:
    at.submit(at.say("search is down"))
    at.say(f"skip {of.number} nothing to learn")
    fresh = at.office.declare("Mail is down")
    bare = of.number + 1
    for number, form in ((bare, "details"), (fresh.number, "resolve"), (of.number, "action")):
        opened = at.click(buttons(at.say(f"advance {number}"))[0])
        assert opened.form is not None
        assert opened.form.form == form
        assert opened.form.about["number"] == number


def test_a_stage_that_lacks_nothing_is_completed(at: Desk, of: Incident) -> None:
    at.say(f"reopen {of.number} resolution we were wrong")
    said = at.say(f"advance {of.number}", at.cleo)
    assert "Resolution of" in said.text
    assert "is complete." in said.text
    assert at.read(of.number).stage == "review"


def test_an_old_button_completes_no_other_stage(at: Desk, of: Incident) -> None:
    before = at.moves()
    said = at.say(f"advance INC-{of.number} resolution")
    assert "has left that stage: nothing was changed." in said.text
    assert "It is at Review" in said.text
    assert at.moves() == before


def test_a_viewer_hears_what_is_missing_and_completes_nothing(at: Desk, of: Incident) -> None:
    at.say(f"reopen {of.number} resolution we were wrong")
    with pytest.raises(NotAllowed):
        at.say(f"advance {of.number}", at.dev)
    for text in ("block {} x", "block {}", "unblock {}", "skip {} x", "skip {}", "reopen {} x", "reopen {}"):
        at.say(f"unblock {of.number}")
        if text.startswith("unblock"):
            at.say(f"block {of.number} the vendor")
        with pytest.raises(NotAllowed):
            at.say(text.format(of.number), at.dev)
    assert at.read(of.number).stage == "resolution"


def test_an_incident_is_blocked_and_unblocked(at: Desk, of: Incident) -> None:
    said = at.say(f"block {of.number} waiting for the vendor", at.cleo)
    assert "is blocked at Review: waiting for the vendor" in said.text
    assert at.read(of.number).state == "blocked"
    again = at.say(f"block {of.number} waiting for Ana", at.cleo)
    assert "is blocked already: nothing was changed." in again.text
    assert "waiting for the vendor" in again.text
    assert "cannot go on" in at.say(f"advance {of.number}").text
    unblock = button(said, "Unblock")
    assert "is not blocked any more" in at.click(unblock, at.cleo).text
    assert at.read(of.number).state == "active"
    before = at.moves()
    assert "is not blocked." in at.click(unblock, at.cleo).text
    assert at.moves() == before


def test_without_a_reason_the_forms_ask_for_it(at: Desk, of: Incident) -> None:
    opened = at.say(f"block {of.number}")
    with pytest.raises(Refused) as refused:
        at.submit(opened, why=" ")
    assert refused.value.refusals[0].field == "why"
    at.submit(opened, why="The vendor.")
    assert at.read(of.number).state == "blocked"
    assert "is blocked already" in at.say(f"block {of.number}").text
    at.say(f"unblock {of.number}")
    opened = at.say(f"skip {of.number}")
    at.submit(opened, why="Nothing to learn.")
    assert at.read(of.number).stage == "remediation"
    with pytest.raises(Refused, match="The incident is at Remediation, not at Review"):
        at.submit(opened, why="Nothing to learn.")


def test_a_stage_is_skipped_where_policy_allows_it(at: Desk, of: Incident) -> None:
    said = at.say(f"skip {of.number} nothing to learn here", at.ben)
    assert "is skipped: nothing to learn here" in said.text
    assert at.read(of.number).stage == "remediation"
    with pytest.raises(NotAllowed):
        at.say(f"skip {of.number} x", at.cleo)
    other = at.office.declare("Search is down")
    with pytest.raises(Refused, match="may not skip"):
        at.say(f"skip {other.number} no time")
    assert "SEV1 may not skip Resolution." in at.say(f"skip {other.number}").text


def test_a_stage_is_reopened_by_its_name_or_the_last_one_that_was_completed(at: Desk, of: Incident) -> None:
    said = at.say(f"reopen {of.number} it came back", at.ben)
    assert "Resolution of" in said.text
    assert "is open again: it came back" in said.text
    assert at.read(of.number).stage == "resolution"
    at.say(f"reopen {of.number} incident wrong service")
    assert at.read(of.number).stage == "incident"
    with pytest.raises(Refused):
        at.say(f"reopen {of.number} best practice it came back")
    assert "no stage yet" in at.say(f"reopen {of.number} it came back").text


def test_without_a_reason_reopening_asks_for_the_stage_and_the_reason(at: Desk, of: Incident) -> None:
    opened = at.say(f"reopen {of.number} resolution")
    assert opened.form is not None
    assert opened.form.filled["stage"] == "resolution"
    at.submit(opened, stage="incident", why="Wrong service.")
    assert at.read(of.number).stage == "incident"


def test_what_lies_behind_a_skipped_stage_is_reopened(at: Desk, of: Incident) -> None:
    at.say(f"skip {of.number} nothing to learn here")
    at.say(f"reopen {of.number} it came back")
    assert at.read(of.number).stage == "resolution"


@pytest.mark.parametrize("text", ["block {} x", "skip {} x", "reopen {} x"])
def test_a_key_moves_an_incident_once(at: Desk, of: Incident, text: str) -> None:
    at.say(text.format(of.number), key="k")
    at.say(f"unblock {of.number}")
    with pytest.raises(AlreadyDone):
        at.say(text.format(of.number), key="k")


@pytest.mark.parametrize("verb", ["advance", "block", "unblock", "skip", "reopen", "resolve", "review", "take"])
def test_a_wrong_number_offers_those_that_are_open(at: Desk, of: Incident, verb: str) -> None:
    said = at.say(f"{verb} 99")
    assert "There is no INC-99, or you may not see it." in said.text
    assert words_of(said) == [f"INC-{of.number} Checkout is down"]


@pytest.mark.parametrize(
    ("words", "stage", "rest"),
    [
        ("review it came back", "review", "it came back"), ("to best practice: no", "best_practice", "no"),
        ("best practice no", "best_practice", "no"), ("best_practice", "best_practice", ""), ("", "", ""),
        ("the review was wrong", "", "the review was wrong"),
    ],
)  # fmt: skip
def test_a_stage_is_heard_where_the_words_begin_with_it(words: str, stage: str, rest: str) -> None:
    assert stage_in(words) == (stage, rest)
