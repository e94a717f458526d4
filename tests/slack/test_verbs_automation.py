"""Giving a practice a check from Slack: written in dry run, shown what it would say, activated by a click."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import NotAllowed, NotFound, Refused
from app.models.automation import Check
from app.slack.asked import Opened
from app.workflow import adoption, automation, best_practice
from app.workflow.receipt import AlreadyDone
from tests.slack.asking import fits, opened_fits
from tests.slack.asking_cycle import Desk, buttons, open_desk
from tests.slack.company import Company
from tests.unit.slack.test_messages import anything

TIMEOUT = 'facts["http.timeout_ms"] <= 1000'


@pytest.fixture
def desk(office: Company, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    return open_desk(office, engine, sessions, clock)


def _opened(desk: Desk, text: str) -> Any:
    opened = desk.say(text, desk.office.ana).form
    assert opened
    return opened


def _facts(desk: Desk, service: str, timeout_ms: int) -> None:
    with desk.office.begin() as work:
        facts = {"http.timeout_ms": timeout_ms}
        adoption.report_facts(work, service, facts, source="t", by=desk.office.ana, now=desk.clock())


def test_an_expression_is_tried_on_every_service_before_it_counts(desk: Desk) -> None:
    name = desk.practice()
    desk.service("cart")
    desk.service("quiet")
    _facts(desk, "checkout", 800)
    _facts(desk, "cart", 9000)
    answer = desk.submit(_opened(desk, f"automate {name} {TIMEOUT}"), desk.office.ana)
    fits(answer)
    for words in (
        "What it would say of 3 services:", "• Would pass: 1 (checkout)", "• Would not pass: 1 (cart)",
        "• Nothing known yet: 1 (quiet)", "until somebody activates it",
    ):  # fmt: skip
        assert words in answer.text
    (check,) = desk.read(select(Check))
    assert (check.state, check.kind, check.expression) == ("dry_run", "facts", TIMEOUT)
    activated = desk.click(buttons(answer)["Activate"], desk.office.ana)
    assert "is checked from now on. Target: 100 % of services. Now: 1 of 3." in activated.text
    assert desk.read(select(Check))[0].state == "active"
    assert desk.row(int(name[3:])).state == "automated"


def test_words_that_are_no_expression_are_the_name_of_a_test(desk: Desk) -> None:
    opened = _opened(desk, f"automate {desk.practice()} ci blocks a missing probe")
    assert (opened.filled["kind"], opened.filled["expression"]) == ("reported", "ci blocks a missing probe")


def test_an_error_of_the_expression_is_said_beside_its_field(desk: Desk) -> None:
    opened = _opened(desk, f"automate {desk.practice()} x")
    with pytest.raises(Refused) as refused:
        desk.submit(opened, desk.office.ana, kind="facts", expression='facts["a"] <=')
    assert refused.value.refusals[0].field == "expression"
    assert desk.read(select(Check)) == []


@pytest.mark.parametrize(("field", "value"), [("freshness_days", "0"), ("freshness_days", "soon"), ("because", "")])
def test_what_else_is_wrong_is_said_beside_its_field(desk: Desk, field: str, value: str) -> None:
    opened = _opened(desk, f"automate {desk.practice()} Does it?")
    with pytest.raises(Refused) as refused:
        desk.submit(opened, desk.office.ana, kind="attested", **{"because": "x", field: value})
    assert refused.value.refusals[0].field == field


def test_a_responder_may_write_no_check_and_activate_none(desk: Desk) -> None:
    opened = _opened(desk, f"automate {desk.practice()} {TIMEOUT}")
    with pytest.raises(NotAllowed):
        desk.submit(opened, desk.rita)
    answer = desk.submit(opened, desk.office.ana)
    with pytest.raises(NotAllowed):
        desk.click(buttons(answer)["Activate"], desk.rita)


def test_without_a_number_the_practices_that_wait_for_a_check_are_offered(desk: Desk) -> None:
    assert "None waits for its first" in desk.say("automate", desk.office.ana).text
    name = desk.practice()
    answer = desk.say("automate", desk.office.ana)
    (button,) = buttons(answer).values()
    assert button["value"] == name
    assert desk.click(button, desk.office.ana).form


def test_a_wrong_number_is_said(desk: Desk) -> None:
    with pytest.raises(NotFound, match="no BP-999"):
        desk.say("automate bp-999", desk.office.ana)
    with pytest.raises(NotFound, match="has no such check"):
        desk.click(("activate", f"{desk.practice()} 999"), desk.office.ana)
    with pytest.raises(NotFound):
        desk.click(("activate", desk.practice()), desk.office.ana)


def test_an_old_button_says_that_there_is_a_check_already(desk: Desk) -> None:
    name = desk.practice()
    desk.check(name)
    opened = desk.click(("automate", name), desk.office.ana).form
    assert opened
    assert opened.filled["note"] == "It has 1 active check already: this is one more."


def test_an_expression_that_fails_on_a_service_says_why(desk: Desk) -> None:
    _facts(desk, "checkout", 800)
    answer = desk.submit(_opened(desk, f'automate {desk.practice()} facts["replicas"] >= 2'), desk.office.ana)
    assert "• Could not be judged: 1 (checkout): " in answer.text
    assert "replicas" in answer.text


def test_a_retired_practice_gets_no_check(desk: Desk) -> None:
    name = desk.practice()
    with desk.office.begin() as work:
        best_practice.retire(work, int(name[3:]), why="Old.", by=desk.office.ben, now=desk.clock())
    assert "is retired" in desk.say(f"automate {name}", desk.office.ana).text


def test_the_check_of_a_practice_that_nobody_has_accepted_waits_for_that(desk: Desk) -> None:
    name = desk.practice(is_accepted=False)
    answer = desk.submit(_opened(desk, f"automate {name} {TIMEOUT}"), desk.office.ana)
    assert "once the practice is accepted" in answer.text
    assert list(buttons(answer)) == [f"Accept {name}", f"Open {name}"]


def test_the_same_form_sent_twice_writes_one_check(desk: Desk) -> None:
    opened = _opened(desk, f"automate {desk.practice()} {TIMEOUT}")
    desk.submit(opened, desk.office.ana, key="once")
    with pytest.raises(AlreadyDone):
        desk.submit(opened, desk.office.ana, key="once")
    assert len(desk.read(select(Check))) == 1


def test_an_old_button_says_what_has_become_of_the_check(desk: Desk) -> None:
    answer = desk.submit(_opened(desk, f"automate {desk.practice()} {TIMEOUT}"), desk.office.ana)
    button = buttons(answer)["Activate"]
    desk.click(button, desk.office.ana)
    assert "is active already" in desk.click(button, desk.office.ben).text
    (check,) = desk.read(select(Check))
    with desk.office.begin() as work:
        automation.switch_off(work, check.id, why="Wrong.", by=desk.office.ana, now=desk.clock())
    assert "was switched off meanwhile" in desk.click(button, desk.office.ben).text
    assert desk.read(select(Check.state)) == ["off"]


def test_a_check_that_was_changed_since_it_was_tried_is_not_activated_blindly(desk: Desk) -> None:
    answer = desk.submit(_opened(desk, f"automate {desk.practice()} {TIMEOUT}"), desk.office.ana)
    (check,) = desk.read(select(Check))
    with desk.office.begin() as work:
        told = automation.Told(kind="facts", expression="false")
        automation.edit(work, check.id, told, version=check.version, by=desk.office.ben, now=desk.clock())
    assert "was changed since" in desk.click(buttons(answer)["Activate"], desk.office.ana).text
    assert desk.read(select(Check.state)) == ["dry_run"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything)
def test_whatever_was_typed_the_form_is_one_that_slack_accepts(text: str) -> None:
    filled = {"practice": f"BP-1 {text}", **dict.fromkeys(("expression", "freshness_days", "because"), text)}
    opened_fits(Opened("automate", filled))
