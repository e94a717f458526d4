"""Proposing a practice from Slack, looking at one, and accepting one by a click."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import NotAllowed, NotFound, Refused
from app.models.best_practice import Practice, incident_practice
from app.models.outbox import SlackThread
from app.slack.asked import Opened, Place
from app.workflow.receipt import AlreadyDone
from tests.slack.asking import fits, opened_fits
from tests.slack.asking_cycle import Desk, buttons, open_desk
from tests.slack.company import Company
from tests.unit.slack.test_messages import anything


@pytest.fixture
def desk(office: Company, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    return open_desk(office, engine, sessions, clock)


def _opened(desk: Desk, text: str, **more: Any) -> Any:
    opened = desk.say(text, desk.rita, **more).form
    assert opened
    return opened


def test_a_typed_rule_opens_the_form_with_it_and_is_proposed(desk: Desk) -> None:
    opened = _opened(desk, "bp every canary probes the money path")
    answer = desk.submit(opened, desk.rita, why="Nobody saw it.", area="change")
    (made,) = desk.read(select(Practice))
    assert (made.statement, made.state, made.selector) == ("every canary probes the money path", "proposed", "true")
    assert f"BP-{made.number}> is proposed" in answer.text
    assert "It applies to 1 of 1 service." in answer.text
    fits(answer)


def test_a_team_or_a_service_that_was_named_becomes_the_selector(desk: Desk) -> None:
    assert _opened(desk, "bp retries have a budget ~payments").filled["selector"] == 'service.team == "payments"'
    assert _opened(desk, "bp retries have a budget ~Checkout").filled["selector"] == 'service.name == "checkout"'
    lost = _opened(desk, "bp retries have a budget ~nobody").filled
    assert (lost["statement"], lost["selector"]) == ("retries have a budget ~nobody", "true")


def test_it_is_learned_from_the_incident_that_was_named(desk: Desk) -> None:
    of = desk.incident()
    desk.analyse(of)
    opened = _opened(desk, f"bp inc-{of.number} retries have a budget")
    desk.submit(opened, desk.rita, why="x", area="scale")
    (made,) = desk.read(select(Practice))
    assert made.pattern_id is not None
    assert desk.read(select(incident_practice.c.incident_id)) == [of.id]


def test_it_is_learned_from_the_incident_of_the_thread_unless_somebody_says_no(desk: Desk) -> None:
    of = desk.incident()
    with desk.parts.begin() as work:
        work.session.execute(
            insert(SlackThread).values(incident_id=of.id, destination="incidents", channel="C1", ts="1.1")
        )
    place = Place(channel="C1", thread="1.1")
    opened = _opened(desk, "bp retries have a budget", place=place)
    assert opened.filled["incident"].startswith(f"INC-{of.number} ")
    desk.submit(opened, desk.rita, why="x", area="scale", is_linked=[])
    assert desk.read(select(incident_practice.c.incident_id)) == []
    desk.submit(opened, desk.rita, why="x", area="scale")
    assert desk.read(select(incident_practice.c.incident_id)) == [of.id]


def test_an_old_button_says_that_the_incident_has_its_practice_and_links_nothing_by_itself(desk: Desk) -> None:
    of = desk.incident()
    desk.analyse(of)
    desk.submit(_opened(desk, f"bp inc-{of.number} retries have a budget"), desk.rita, why="x", area="scale")
    (made,) = desk.read(select(Practice))
    desk.click(("accept", made.name), desk.office.ben)
    assert desk.of(of).stage == "automation"
    opened = desk.click(("practice", f"INC-{of.number}"), desk.rita).form
    assert opened
    assert f"INC-{of.number} has its practices agreed: it is at Automation." in opened.filled["note"]
    desk.submit(opened, desk.rita, statement="another", why="x", area="scale")
    assert desk.read(select(incident_practice.c.practice_id)) == [made.id]
    assert desk.of(of).stage == "automation"


def test_elsewhere_it_is_learned_from_no_incident(desk: Desk) -> None:
    desk.incident()
    assert _opened(desk, "bp retries have a budget").about == {"number": None}
    assert _opened(desk, "bp retries have a budget", place=Place(channel="C9")).about == {"number": None}


@pytest.mark.parametrize(
    ("field", "value"),
    [("statement", " "), ("why", " "), ("selector", "service.tier <"), ("target_percent", "half"),
     ("target_percent", "0")],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_proposed(desk: Desk, field: str, value: str) -> None:
    opened = _opened(desk, "bp retries have a budget")
    with pytest.raises(Refused) as refused:
        desk.submit(opened, desk.rita, **{"why": "x", "area": "scale", field: value})
    assert refused.value.refusals[0].field == field
    assert desk.read(select(Practice)) == []


def test_a_viewer_may_propose_nothing_and_accept_nothing(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk.submit(_opened(desk, "bp retries have a budget"), desk.office.dev, why="x", area="scale")
    name = desk.practice(is_accepted=False)
    with pytest.raises(NotAllowed):
        desk.click(("accept", name), desk.office.dev)
    assert desk.row(int(name[3:])).state == "proposed"


def test_the_same_form_sent_twice_proposes_once(desk: Desk) -> None:
    opened = _opened(desk, "bp retries have a budget")
    desk.submit(opened, desk.rita, key="once", why="x", area="scale")
    with pytest.raises(AlreadyDone):
        desk.submit(opened, desk.rita, key="once", why="x", area="scale")
    assert len(desk.read(select(Practice))) == 1


def test_a_number_alone_shows_the_practice_with_its_next_step(desk: Desk) -> None:
    name = desk.practice("Every <!channel> call", is_accepted=False)
    answer = desk.say(f"bp {name}", desk.office.dev)
    assert "is proposed: *Every &lt;!channel&gt; call*" in answer.text
    assert list(buttons(answer)) == [f"Accept {name}", f"Open {name}"]
    with pytest.raises(NotFound):
        desk.say("bp bp-999", desk.rita)


def test_another_owner_accepts_by_a_click_and_is_offered_the_check(desk: Desk) -> None:
    name = desk.practice(is_accepted=False)
    answer = desk.click(("accept", name), desk.office.ben)
    assert desk.row(int(name[3:])).state == "accepted"
    assert buttons(answer)[f"Write a check for {name}"]["value"] == name


def test_nobody_accepts_their_own_practice(desk: Desk) -> None:
    name = desk.practice(is_accepted=False)
    with pytest.raises(NotAllowed, match="someone other than its author"):
        desk.click(("accept", name), desk.office.ana)


def test_an_old_button_says_who_has_accepted_it(desk: Desk) -> None:
    answer = desk.click(("accept", desk.practice()), desk.office.ben)
    assert "is accepted already, accepted by Ben." in answer.text


def test_practices_are_looked_up_by_number_or_words(desk: Desk) -> None:
    name = desk.practice("Every call has a timeout")
    desk.practice("Retries have a budget")
    assert [words for _, words in desk.look_up("practice", name.lower(), desk.rita)] == [
        f"{name} Every call has a timeout"
    ]
    assert len(desk.look_up("practice", "", desk.rita)) == 2
    assert desk.look_up("practice", "\x00nothing", desk.rita) == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything)
def test_whatever_was_typed_the_form_is_one_that_slack_accepts(text: str) -> None:
    filled = {**dict.fromkeys(("statement", "why", "selector", "target_percent"), text), "incident": text}
    opened_fits(Opened("practice", filled))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything.filter(lambda text: bool(text.replace("\x00", "").strip())))
def test_whatever_a_practice_says_it_can_be_shown(desk: Desk, text: str) -> None:
    name = desk.practice(" ".join(text.replace("\x00", "").split())[:300], is_accepted=False)
    desk.say(f"bp {name}", desk.rita)
    desk.click(("accept", name), desk.office.ben)
