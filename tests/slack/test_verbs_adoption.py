"""Adopting from Slack: a person answers where a person is asked; where machines measure, it is said what is lacking."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import NotAllowed, NotFound, Refused
from app.models.automation import Evidence
from app.models.person import membership
from app.slack.asked import Opened
from app.workflow import adoption, automation, best_practice
from app.workflow.receipt import AlreadyDone
from tests.slack.asking import fits, opened_fits
from tests.slack.asking_cycle import Desk, buttons, open_desk
from tests.slack.company import Company
from tests.unit.slack.test_messages import anything


@pytest.fixture
def desk(office: Company, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    return open_desk(office, engine, sessions, clock)


@pytest.fixture
def asked_of_people(desk: Desk) -> str:
    """A practice whose check a person answers; checkout and cart are of team Payments, stray is nobody's."""
    desk.service("cart")
    desk.service("stray", team=False)
    name = desk.practice("Every team has drilled a restore")
    desk.check(name, expression="When did you restore last?")
    return name


@pytest.fixture
def measured(desk: Desk) -> str:
    """A practice that machines measure, which checkout does not follow."""
    name = desk.practice()
    desk.check(name, kind="facts", expression='facts["http.timeout_ms"] <= 1000')
    with desk.office.begin() as work:
        facts = {"http.timeout_ms": 9000}
        adoption.report_facts(work, "checkout", facts, source="t", by=desk.office.ana, now=desk.clock())
    return name


def _said(desk: Desk) -> list[tuple[str, str]]:
    return [(each.result, each.message) for each in desk.read(select(Evidence))]


def test_what_was_looked_at_is_said_for_every_service_of_the_team_at_once(desk: Desk, asked_of_people: str) -> None:
    answer = desk.say(f"adopt {asked_of_people} ~payments drilled on Monday", desk.office.ana)
    assert "is followed by cart, checkout." in answer.text
    assert "Now 2 of 3 have adopted it." in answer.text
    opened = desk.click(buttons(answer)["Answer for others"], desk.office.ana).form
    assert opened is not None
    assert opened.form == "attest"
    assert _said(desk) == [("pass", "drilled on Monday")] * 2


def test_without_words_the_form_asks_what_was_looked_at(desk: Desk, asked_of_people: str) -> None:
    opened = desk.say(f"adopt {asked_of_people} ~cart", desk.office.ana).form
    assert opened
    assert [words for _, words in opened.filled["services"]] == ["cart"]
    answer = desk.submit(opened, desk.office.ana, why="The drill of Monday.")
    fits(answer)
    assert "is followed by cart." in answer.text
    again = desk.say(f"adopt {asked_of_people} ~cart", desk.office.ana)
    assert "Nothing is to do for Cart" in again.text
    assert desk.click(buttons(again)["Choose services"], desk.office.ana).form


def test_no_is_an_answer_too(desk: Desk, asked_of_people: str) -> None:
    opened = desk.say(f"adopt {asked_of_people} ~cart", desk.office.ana).form
    assert opened
    answer = desk.submit(opened, desk.office.ana, why="Nobody could.", result="fail")
    assert "is not followed by cart." in answer.text
    assert _said(desk) == [("fail", "Nobody could.")]


def test_a_button_names_the_practice_and_the_team(desk: Desk, asked_of_people: str) -> None:
    opened = desk.click(("adopt", f"{asked_of_people} ~payments"), desk.office.ana).form
    assert opened
    assert [words for _, words in opened.filled["services"]] == ["cart", "checkout"]


def test_without_a_label_the_services_of_ones_own_teams_are_meant(desk: Desk, asked_of_people: str) -> None:
    assert "you belong to no team" in desk.say(f"adopt {asked_of_people}", desk.office.ana).text
    with desk.parts.begin() as work:
        row = {"team_id": desk.office.team.id, "person_id": desk.office.ana.id}
        work.session.execute(insert(membership).values(row))
    opened = desk.say(f"adopt {asked_of_people}", desk.office.ana).form
    assert opened
    assert [words for _, words in opened.filled["services"]] == ["cart", "checkout"]


def test_a_responder_attests_nothing(desk: Desk, asked_of_people: str) -> None:
    with pytest.raises(NotAllowed):
        desk.say(f"adopt {asked_of_people} ~payments drilled on Monday", desk.rita)
    opened = desk.say(f"adopt {asked_of_people} ~payments", desk.rita).form
    assert opened
    with pytest.raises(NotAllowed):
        desk.submit(opened, desk.rita, why="x")
    assert _said(desk) == []


def test_a_wrong_number_and_a_wrong_label_change_nothing(desk: Desk, asked_of_people: str) -> None:
    with pytest.raises(NotFound, match="no BP-999"):
        desk.say("adopt bp-999 ~payments", desk.office.ana)
    assert "no team or service called ~nobody" in desk.say(f"adopt {asked_of_people} ~nobody", desk.office.ana).text
    assert "Say which one" in desk.say("adopt", desk.office.ana).text


@pytest.mark.parametrize(
    ("field", "typed"),
    [("services", {"services": []}), ("services", {"services": ["999"]}), ("why", {"why": "  "})],
)
def test_what_is_wrong_is_said_beside_its_field(
    desk: Desk, asked_of_people: str, field: str, typed: dict[str, Any]
) -> None:
    opened = desk.say(f"adopt {asked_of_people} ~cart", desk.office.ana).form
    assert opened
    with pytest.raises(Refused) as refused:
        desk.submit(opened, desk.office.ana, **{"why": "x", **typed})
    assert refused.value.refusals[0].field == field
    assert _said(desk) == []


def test_the_same_form_sent_twice_attests_once(desk: Desk, asked_of_people: str) -> None:
    opened = desk.say(f"adopt {asked_of_people} ~cart", desk.office.ana).form
    assert opened
    desk.submit(opened, desk.office.ana, key="once", why="x")
    with pytest.raises(AlreadyDone):
        desk.submit(opened, desk.office.ana, key="once", why="x")
    assert len(_said(desk)) == 1


def test_where_machines_measure_it_is_said_what_each_service_lacks(desk: Desk, measured: str) -> None:
    answer = desk.say(f"adopt {measured} ~payments", desk.rita)
    assert "• *checkout* not adopted: http.timeout_ms = 9000" in answer.text
    assert "Machines measure this" in answer.text
    opened = desk.click(buttons(answer)["Ask for an exemption"], desk.rita).form
    assert opened
    assert opened.form == "exempt"
    assert [words for _, words in opened.filled["service"]] == ["checkout"]
    assert _said(desk) == []


def test_an_old_button_says_that_it_is_adopted_by_now(desk: Desk, measured: str) -> None:
    with desk.office.begin() as work:
        facts = {"http.timeout_ms": 800}
        adoption.report_facts(work, "checkout", facts, source="t", by=desk.office.ana, now=desk.clock())
    answer = desk.click(("adopt", f"{measured} ~payments"), desk.rita)
    assert "Nothing is to do for Payments" in answer.text
    assert list(buttons(answer)) == [f"Open {measured}"]


def test_a_practice_with_several_questions_and_a_machine_says_what_else_there_is(desk: Desk, measured: str) -> None:
    first = desk.check(measured, expression="Have you drilled it?")
    second = desk.check(measured, expression="Is it written down?")
    opened = desk.say(f"adopt {measured} ~checkout drilled on Monday", desk.office.ana).form
    assert opened
    assert [value for value, _ in opened.filled["questions"]] == [str(first), str(second)]
    answer = desk.submit(opened, desk.office.ana, check_id=str(second), why="The wiki.")
    assert desk.read(select(Evidence.check_id)) == [second]
    assert "It has 2 questions" in answer.text
    assert "Machines measure the rest of it." in answer.text


def test_a_practice_that_nobody_measures_says_what_comes_first(desk: Desk) -> None:
    proposed, accepted = desk.practice(is_accepted=False), desk.practice()
    assert f"Accept {proposed}" in buttons(desk.say(f"adopt {proposed}", desk.rita))
    assert f"Write a check for {accepted}" in buttons(desk.say(f"adopt {accepted}", desk.rita))
    with desk.office.begin() as work:
        best_practice.retire(work, int(accepted[3:]), why="Old.", by=desk.office.ben, now=desk.clock())
    assert "is retired" in desk.say(f"adopt {accepted}", desk.rita).text


def test_a_practice_whose_check_was_switched_off_says_so(desk: Desk) -> None:
    name = desk.practice()
    check_id = desk.check(name)
    with desk.office.begin() as work:
        automation.switch_off(work, check_id, why="Wrong.", by=desk.office.ana, now=desk.clock())
    assert "no active check now" in desk.say(f"adopt {name} ~payments", desk.office.ana).text


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything)
def test_whatever_was_typed_the_form_is_one_that_slack_accepts(text: str) -> None:
    filled = {"practice": f"BP-1 {text}", "services": [("1", text)], "why": text,
              "questions": [("1", text), ("2", text)]}  # fmt: skip
    opened_fits(Opened("attest", filled))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything)
def test_whatever_a_service_reports_it_can_be_said(desk: Desk, measured: str, text: str) -> None:
    with desk.office.begin() as work:
        facts = {"http.timeout_ms": text.replace("\x00", "")}
        adoption.report_facts(work, "checkout", facts, source="t", by=desk.office.ana, now=desk.clock())
    desk.say(f"adopt {measured} ~payments", desk.rita)
