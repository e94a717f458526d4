"""Stage 4 from Slack: action items are added, done, verified, moved, given away, dropped and taken up again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import NotAllowed, NotFound, Refused
from app.models.history import Move
from app.models.incident import Incident
from app.models.remediation import ActionItem
from app.slack.grammar import Ref, Understood
from app.workflow.receipt import AlreadyDone
from tests.slack.asking_stages import Desk, buttons, desk, words_of

DUE = date(2026, 3, 6)  # the clock of the tests shows Monday, 2 March 2026


@pytest.fixture
def at(sessions: sessionmaker[Session], engine: Engine, clock: Any) -> Desk:
    return desk(sessions, engine, clock)


@pytest.fixture
def of(at: Desk) -> Incident:
    return at.office.declare()


@pytest.fixture
def act(at: Desk, of: Incident) -> int:
    """An action item of Ben, due on Friday."""
    at.say(f"action {of.number} probe checkout <@U0BEN|ben> by fri")
    with at.parts.read() as session:
        return session.scalars(select(ActionItem.number)).one()


def test_words_an_owner_and_a_date_are_enough(at: Desk, of: Incident) -> None:
    said = at.say(f"action {of.number} probe checkout <@U0BEN|ben> by fri", at.cleo)
    made = at.item(1)
    assert (made.title, made.owner_id, made.due_on) == ("probe checkout", at.ben.id, DUE)
    assert (made.priority, made.kind, made.state) == ("must", "prevent", "open")
    assert "ACT-1 is added to" in said.text
    assert "Ben is told that it is theirs. It is due on Fri 6 Mar 2026." in said.text


def test_what_is_missing_is_asked_for_and_what_was_typed_stands_there(at: Desk, of: Incident) -> None:
    opened = at.say(f"action {of.number} probe checkout by fri")
    with pytest.raises(Refused) as refused:
        at.submit(opened)
    assert refused.value.refusals[0].field == "owner_id"
    said = at.submit(opened, owner_id="U0ANA", priority="could", kind="detect")
    made = at.item(1)
    assert (made.title, made.priority, made.kind, made.due_on) == ("probe checkout", "could", "detect", DUE)
    assert "It is yours." in said.text


def test_a_date_that_does_not_exist_opens_the_form_with_a_sentence(at: Desk, of: Incident) -> None:
    opened = at.say(f"action {of.number} raise the limit <@U0BEN> by 31 feb")
    assert opened.form is not None
    assert "There is no 31 feb" in opened.form.filled["notes"][0]
    with pytest.raises(Refused) as refused:
        at.submit(opened)
    assert refused.value.refusals[0].field == "due_on"


def test_an_owner_without_a_slack_account_is_carried_by_the_form(at: Desk, of: Incident) -> None:
    at.submit(at.say(f"action {of.number} probe checkout @dev"), due_on="2026-03-06")
    assert at.item(1).owner_id == at.dev.id


def test_nobody_unknown_owns_anything(at: Desk, of: Incident) -> None:
    for who in ("<@U0NEW>", "@nobody"):
        with pytest.raises(Refused) as refused:
            at.say(f"action {of.number} probe checkout {who} by fri")
        assert refused.value.refusals[0].field == "owner_id"


def test_a_viewer_adds_nothing_and_a_key_counts_once(at: Desk, of: Incident) -> None:
    text = f"action {of.number} probe checkout <@U0BEN> by fri"
    for typed in (text, f"action {of.number}"):
        with pytest.raises(NotAllowed):
            at.say(typed, at.dev)
    at.say(text, key="k")
    with pytest.raises(AlreadyDone):
        at.say(text, key="k")
    with at.parts.read() as session:
        assert len(session.scalars(select(ActionItem)).all()) == 1


def test_an_item_is_done_and_then_verified_by_somebody_else(at: Desk, act: int) -> None:
    assert "is done. Thank you!" in at.say(f"done act-{act} deployed on Monday", at.ben).text
    assert (at.item(act).state, at.item(act).why) == ("done", "deployed on Monday")
    with pytest.raises(NotAllowed, match="someone other than its owner"):
        at.say(f"verify act-{act}", at.ben)
    assert "is verified" in at.say(f"verify act-{act}", at.cleo).text
    assert at.item(act).verified_by_id == at.cleo.id


@pytest.mark.parametrize("verb", ["done", "verify", "snooze", "drop"])
def test_an_old_button_says_where_the_item_stands_and_changes_nothing(at: Desk, act: int, verb: str) -> None:
    at.say(f"done act-{act}", at.ben)
    at.say(f"verify act-{act}", at.ana)
    before = at.moves()
    said = at.say(f"{verb} ACT-{act}", at.ben)
    assert "Ana has verified it." in said.text
    assert at.moves() == before


@pytest.mark.parametrize("verb", ["done", "verify", "snooze", "assign", "drop", "reopen"])
def test_a_verb_of_items_names_one_that_exists(at: Desk, of: Incident, verb: str) -> None:
    assert "Say which one, such as ACT-7" in at.say(verb).text or verb == "reopen"
    with pytest.raises(NotFound, match="There is no ACT-99"):
        at.say(f"{verb} act-99")


@pytest.mark.parametrize("text", ["done {}", "snooze {} +1w", "assign {} <@U0BEN>", "drop {} because", "drop {} x"])
def test_a_viewer_changes_no_item(at: Desk, of: Incident, text: str) -> None:
    at.say(f"action {of.number} probe checkout <@U0ANA> by fri")
    before = at.moves()
    with pytest.raises(NotAllowed):
        at.say(text.format("act-1"), at.dev)
    assert at.moves() == before


def test_the_items_of_a_private_incident_do_not_exist_for_others(at: Desk) -> None:
    secret = at.office.declare(is_private=True)
    at.say(f"action {secret.number} probe checkout <@U0ANA> by fri")
    with at.parts.read() as session:
        number = session.scalars(select(ActionItem.number)).one()
    for text in ("done {}", "verify {}", "snooze {} +1w", "assign {} <@U0BEN>", "drop {} x", "reopen {}"):
        with pytest.raises(NotFound, match=f"There is no ACT-{number}, or you may not see it"):
            at.say(text.format(f"act-{number}"), at.cleo)


def test_a_date_is_moved_from_the_date_that_it_had_and_the_reason_is_kept(at: Desk, act: int) -> None:
    said = at.say(f"snooze act-{act} +1w the vendor is late", at.ben)
    assert at.item(act).due_on == date(2026, 3, 13)
    assert "is due on Fri 13 Mar 2026 now, it was Fri 6 Mar 2026." in said.text
    with at.parts.read() as session:
        why = session.scalars(select(Move.why).where(Move.verb == "snooze_item")).one()
    assert why == f"ACT-{act} is due on 2026-03-13: the vendor is late"


def test_a_button_that_moves_a_date_does_so_once(at: Desk, act: int) -> None:
    offers = at.say(f"snooze act-{act}", at.ben)
    assert words_of(offers) == ["Fri 13 Mar 2026 (+1w)", "Fri 20 Mar 2026 (+2w)"]
    at.click(buttons(offers)[0], at.ben)
    before = at.moves()
    assert "already" in at.click(buttons(offers)[0], at.ben).text
    assert at.item(act).due_on == date(2026, 3, 13)
    assert at.moves() == before


def test_a_date_that_is_past_and_one_beyond_the_calendar_change_nothing(at: Desk, act: int) -> None:
    before = at.moves()
    at.clock.tick(days=30)
    assert "is over" in at.say(f"snooze act-{act} by 2026-03-10").text
    said = at.say(f"snooze act-{act} +1w")
    assert "Fri 13 Mar 2026 is past, so nothing was changed." in said.text
    assert words_of(said)[0] == "Wed 8 Apr 2026 (+1w)"
    far = Understood("", "snooze", refs=(Ref("item", act),), later_days=5_000_000)
    assert "No calendar goes that far" in at.done(at.asked(far, at.ana)).text
    assert at.moves() == before


def test_an_item_is_given_to_somebody_else(at: Desk, act: int) -> None:
    said = at.say(f"assign act-{act} <@U0CLEO>")
    assert at.item(act).owner_id == at.cleo.id
    assert "Cleo owns" in said.text
    before = at.moves()
    assert "already" in at.say(f"give act-{act} to <@U0CLEO>").text
    assert at.moves() == before


def test_without_a_person_the_form_asks_for_one(at: Desk, act: int) -> None:
    opened = at.say(f"assign act-{act} to bob")
    assert opened.form is not None
    assert "Name the person with an @" in opened.form.filled["notes"][0]
    with pytest.raises(Refused) as refused:
        at.submit(opened)
    assert refused.value.refusals[0].field == "owner_id"
    at.submit(opened, owner_id="U0ANA")
    assert at.item(act).owner_id == at.ana.id


def test_an_incident_is_given_to_another_commander(at: Desk, of: Incident) -> None:
    assert "Ben leads" in at.say(f"assign INC-{of.number} <@U0BEN>").text
    assert at.read(of.number).commander_id == at.ben.id
    assert "already" in at.say(f"assign INC-{of.number} <@U0BEN>").text
    at.submit(at.say(f"assign INC-{of.number}"), owner_id="U0CLEO")
    assert at.read(of.number).commander_id == at.cleo.id


def test_what_is_done_is_not_given_away(at: Desk, act: int) -> None:
    at.say(f"done act-{act}", at.ben)
    with pytest.raises(Refused, match="take it up again"):
        at.say(f"assign act-{act} <@U0CLEO>", at.ben)


def test_an_item_is_dropped_with_a_reason_and_taken_up_again(at: Desk, act: int) -> None:
    said = at.say(f"drop act-{act} because the host is gone")
    assert "is dropped: the host is gone" in said.text
    assert (at.item(act).state, at.item(act).why) == ("dropped", "the host is gone")
    assert "It was dropped: the host is gone" in at.say(f"done act-{act}").text
    assert "is open again" in at.say(f"reopen act-{act}").text
    before = at.moves()
    assert "is open already" in at.say(f"reopen act-{act}").text
    assert at.moves() == before


def test_without_a_reason_the_form_asks_for_it(at: Desk, act: int) -> None:
    opened = at.say(f"drop act-{act} because")
    with pytest.raises(Refused) as refused:
        at.submit(opened, why=" ")
    assert refused.value.refusals[0].field == "why"
    at.submit(opened, why="The host is gone.")
    assert at.item(act).state == "dropped"


@pytest.mark.parametrize("text", ["done {}", "snooze {} +1w", "assign {} <@U0CLEO>", "drop {} x"])
def test_a_key_changes_an_item_once(at: Desk, act: int, text: str) -> None:
    at.say(text.format(f"act-{act}"), at.ben, key="k")
    if text.startswith(("done", "drop")):
        at.say(f"reopen act-{act}")
    else:
        at.say(f"assign act-{act} <@U0ANA>")
    with pytest.raises(AlreadyDone):
        at.say(text.format(f"act-{act}"), at.ben, key="k")
