"""A practice is confirmed, or retired, from Slack; on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import Conflict, NotAllowed, NotFound, Refused
from app.models.history import Move
from app.queries import notices
from app.slack.messages.card import card
from app.workflow import best_practice
from app.workflow.receipt import AlreadyDone
from tests.slack.asking import BASE, texts
from tests.slack.asking_cycle import Desk, buttons, open_desk
from tests.slack.company import Company

LATER = date(2027, 5, 1)


@pytest.fixture
def desk(office: Company, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    return open_desk(office, engine, sessions, clock)


def whys(desk: Desk, verb: str) -> list[str]:
    return list(desk.read(select(Move.why).where(Move.verb == verb)))


def test_a_practice_is_retired_for_a_reason_and_its_incidents_wait_for_another(desk: Desk) -> None:
    of = desk.incident()
    desk.analyse(of)
    opened = desk.say(f"practice INC-{of.number} Every call has a timeout", desk.office.ana).form
    assert opened is not None
    desk.submit(opened, desk.office.ana, why="It would have met it.", area="dependency")
    desk.click(("accept", "BP-1"), desk.office.ben)
    assert desk.of(of).stage == "automation"
    answer = desk.say("retire bp-1 because the proxy sets it now", desk.office.ana)
    assert (desk.row(1).state, desk.of(of).stage) == ("retired", "best_practice")
    assert whys(desk, "retire") == ["the proxy sets it now"]
    assert "is retired: the proxy sets it now" in answer.text
    assert f"|INC-{of.number}> waits for another practice." in answer.text
    assert list(buttons(answer)) == [f"Propose one for INC-{of.number}", "Open BP-1"]
    with desk.parts.read() as session:
        shown = "\n".join(texts(card(notices.incident(session, of.id), BASE).blocks))
    assert "BP-1 (retired)" in shown
    opened = desk.click(buttons(answer)[f"Propose one for INC-{of.number}"], desk.office.ana).form
    assert opened is not None
    assert opened.filled["incident"] == f"INC-{of.number} Checkout is down"


def test_what_a_private_incident_waits_for_is_told_to_nobody_else(desk: Desk) -> None:
    secret = desk.incident("Leaked key", is_private=True)
    desk.analyse(secret)
    opened = desk.say(f"practice INC-{secret.number} Keys are rotated", desk.office.ana).form
    assert opened is not None
    desk.submit(opened, desk.office.ana, why="It would have met it.", area="dependency")
    desk.click(("accept", "BP-1"), desk.office.ben)
    answer = desk.say("retire bp-1 old", desk.office.ben)
    assert desk.of(secret).stage == "best_practice"
    assert "INC-" not in answer.text
    assert list(buttons(answer)) == ["Open BP-1"]


def test_without_a_reason_the_form_asks_for_it_and_an_empty_one_is_refused_beside_its_field(desk: Desk) -> None:
    opened = desk.say(f"retire {desk.practice()} because", desk.office.ben).form
    assert opened is not None
    with pytest.raises(Refused) as refused:
        desk.submit(opened, desk.office.ben, why=" ")
    assert refused.value.refusals[0].field == "why"
    desk.submit(opened, desk.office.ben, why="The proxy\nsets it.")
    assert desk.row(1).state == "retired"
    assert whys(desk, "retire") == ["The proxy\nsets it."]


@pytest.mark.parametrize("text", ["retire {} because of it", "retire {}", "confirm {} by 2027-05-01", "confirm {}"])
def test_only_owners_retire_and_confirm(desk: Desk, text: str) -> None:
    name = desk.practice()
    for by in (desk.office.dev, desk.rita):
        with pytest.raises(NotAllowed):
            desk.say(text.format(name), by)
    assert desk.row(1).state == "accepted"
    assert desk.row(1).review_on is None


def test_what_is_retired_stays_so_and_says_it(desk: Desk) -> None:
    name = desk.practice()
    desk.say(f"retire {name} old", desk.office.ana)
    for text in (f"retire {name} older", f"retire {name}", f"confirm {name} by 2027-05-01"):
        assert "is retired already: nothing was changed" in desk.say(text, desk.office.ben).text
    assert whys(desk, "retire") == ["old"]


@pytest.mark.parametrize("text", ["retire bp-99 old", "retire bp-99", "confirm bp-99", "confirm bp-99 by 2027-05-01"])
def test_a_wrong_number_is_said(desk: Desk, text: str) -> None:
    with pytest.raises(NotFound, match="BP-99"):
        desk.say(text, desk.office.ana)


@pytest.mark.parametrize("text", ["retire {} old", "confirm {} by 2027-05-01"])
def test_a_key_counts_once(desk: Desk, text: str) -> None:
    first, second = desk.practice(), desk.practice()
    desk.say(text.format(first), desk.office.ana, key="k")
    with pytest.raises(AlreadyDone):
        desk.say(text.format(second), desk.office.ana, key="k")


def test_a_day_confirms_at_once_and_the_same_day_again_changes_nothing(desk: Desk) -> None:
    name = desk.practice()
    answer = desk.say(f"confirm {name} by 2027-05-01", desk.office.ben)
    assert desk.row(1).review_on == LATER
    assert "is still right" in answer.text
    assert "It asks for a review again on Sat 1 May 2027." in answer.text
    assert "already. Nothing was changed." in desk.say(f"confirm {name} by 2027-05-01", desk.office.ben).text
    assert len(whys(desk, "confirm")) == 1


def test_without_a_day_the_form_shows_the_rule_and_offers_a_year(desk: Desk) -> None:
    opened = desk.say(f"confirm {desk.practice()} by 31 feb", desk.office.ben).form
    assert opened is not None
    assert opened.filled["practice"] == "BP-1 Every call has a timeout"
    assert "There is no 31 feb" in opened.filled["notes"][0]
    with pytest.raises(Refused) as refused:
        desk.submit(opened, desk.office.ben, review_on="2020-01-01")
    assert refused.value.refusals[0].field == "review_on"
    desk.submit(opened, desk.office.ben)
    assert desk.row(1).review_on == desk.clock().date() + timedelta(days=365)


def test_words_that_were_changed_while_somebody_read_are_not_confirmed(desk: Desk) -> None:
    opened = desk.say(f"confirm {desk.practice()}", desk.office.ben).form
    assert opened is not None
    told = best_practice.Told(statement="Every call has two timeouts", why="Because.", area="dependency")
    with desk.office.begin() as work:
        best_practice.edit(work, 1, told, version=desk.row(1).version, by=desk.office.ben, now=desk.clock())
    with pytest.raises(Conflict):
        desk.submit(opened, desk.office.ben)


def test_what_nobody_has_accepted_is_not_confirmed(desk: Desk) -> None:
    answer = desk.say(f"confirm {desk.practice(is_accepted=False)} by 2027-05-01", desk.office.ben)
    assert "nobody has accepted it yet" in answer.text
    assert list(buttons(answer)) == ["Accept BP-1", "Open BP-1"]


def test_a_practice_whose_review_is_overdue_asks_owners_whether_it_is_still_right(desk: Desk) -> None:
    name = desk.practice(review_on=desk.clock().date() + timedelta(days=1))
    assert "Still right" not in buttons(desk.say(f"show {name}", desk.office.ben))
    desk.clock.tick(days=3)
    assert buttons(desk.say(f"show {name}", desk.office.ben))["Still right"]["style"] == "primary"
    assert "Still right" not in buttons(desk.say(f"show {name}", desk.rita))
    assert desk.click(("confirm", name), desk.office.ben).form is not None
