"""Asking for an exemption from Slack, granting and declining one; and what an old button says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import NotAllowed, NotFound, Refused
from app.models.adoption import Exemption
from app.slack.asked import Opened
from app.workflow import exemption
from app.workflow.receipt import AlreadyDone
from tests.slack.asking import fits, opened_fits
from tests.slack.asking_cycle import Desk, open_desk
from tests.slack.company import Company
from tests.unit.slack.test_messages import anything


@pytest.fixture
def desk(office: Company, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    return open_desk(office, engine, sessions, clock)


@pytest.fixture
def practice(desk: Desk) -> str:
    name = desk.practice()
    desk.check(name)
    return name


def _opened(desk: Desk, practice: str) -> Any:
    opened = desk.click(("exempt", f"{practice} ~checkout"), desk.rita).form
    assert opened
    return opened


def _asked(desk: Desk, practice: str) -> str:
    """The value of the buttons under the message to the owners."""
    desk.submit(_opened(desk, practice), desk.rita, reason="We leave it in May.")
    return str(_row(desk).id)


def _row(desk: Desk) -> Exemption:
    (found,) = desk.read(select(Exemption))
    return found


def test_a_responder_asks_and_it_waits_for_the_owner(desk: Desk, practice: str) -> None:
    answer = desk.submit(_opened(desk, practice), desk.rita, reason="We leave it in May.")
    fits(answer)
    assert "You asked to exempt checkout" in answer.text
    row = _row(desk)
    assert (row.state, row.reason) == ("asked", "We leave it in May.")
    assert row.expires_on == desk.clock().date() + timedelta(days=30)
    assert desk.office.messages("ExemptionAsked")


def test_the_owner_of_the_practice_exempts_at_once(desk: Desk, practice: str) -> None:
    answer = desk.submit(_opened(desk, practice), desk.office.ana, reason="It is retired soon.")
    assert "You exempted checkout" in answer.text
    assert _row(desk).state == "granted"


@pytest.mark.parametrize(
    ("field", "typed"),
    [("service", {"service": "999"}), ("service", {"service": None}), ("reason", {"reason": " "}),
     ("expires_on", {"expires_on": "2020-01-01"}), ("expires_on", {"expires_on": None})],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(desk: Desk, practice: str, field: str, typed: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        desk.submit(_opened(desk, practice), desk.rita, **{"reason": "x", **typed})
    assert refused.value.refusals[0].field == field
    assert desk.read(select(Exemption)) == []


def test_a_viewer_asks_and_decides_nothing(desk: Desk, practice: str) -> None:
    with pytest.raises(NotAllowed):
        desk.submit(_opened(desk, practice), desk.office.dev, reason="x")
    value = _asked(desk, practice)
    with pytest.raises(NotAllowed):
        desk.click(("grant", value), desk.office.dev)
    with pytest.raises(NotAllowed):
        desk.submit(desk.click(("decline", value), desk.office.dev).form, desk.office.dev, answer="No.")
    assert _row(desk).state == "asked"


def test_an_owner_grants_by_a_click_and_a_second_click_says_who_did(desk: Desk, practice: str) -> None:
    value = _asked(desk, practice)
    assert "checkout is exempt from" in desk.click(("grant", value), desk.office.ben).text
    assert _row(desk).state == "granted"
    again = desk.click(("grant", value), desk.office.ana)
    assert "was granted already by Ben." in again.text
    assert "was granted already by Ben." in desk.click(("decline", value), desk.office.ana).text
    assert _row(desk).state == "granted"


def test_an_owner_declines_with_an_answer(desk: Desk, practice: str) -> None:
    opened = desk.click(("decline", _asked(desk, practice)), desk.office.ben).form
    assert opened
    with pytest.raises(Refused) as refused:
        desk.submit(opened, desk.office.ben, answer=" ")
    assert refused.value.refusals[0].field == "answer"
    answer = desk.submit(opened, desk.office.ben, answer="Set the timeout instead.")
    assert "the request is declined" in answer.text
    assert (_row(desk).state, _row(desk).answer) == ("declined", "Set the timeout instead.")
    assert "was declined already by Ben." in desk.click(("grant", value_of(desk)), desk.office.ben).text


def value_of(desk: Desk) -> str:
    return str(_row(desk).id)


def test_a_request_that_was_withdrawn_is_granted_by_nobody(desk: Desk, practice: str) -> None:
    value = _asked(desk, practice)
    with desk.office.begin() as work:
        exemption.withdraw(work, int(value), by=desk.rita, now=desk.clock())
    assert "was withdrawn" in desk.click(("grant", value), desk.office.ben).text
    assert _row(desk).state == "ended"


def test_a_wrong_number_is_said(desk: Desk, practice: str) -> None:
    for value in ("999", "", "²"):
        with pytest.raises(NotFound, match="no such exemption"):
            desk.click(("grant", value), desk.office.ben)
    with pytest.raises(NotFound, match="no BP-999"):
        desk.click(("exempt", "BP-999 ~checkout"), desk.rita)


def test_the_same_form_sent_twice_asks_once(desk: Desk, practice: str) -> None:
    opened = _opened(desk, practice)
    desk.submit(opened, desk.rita, key="once", reason="x")
    with pytest.raises(AlreadyDone):
        desk.submit(opened, desk.rita, key="once", reason="x")
    assert _row(desk).state == "asked"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything)
def test_whatever_was_typed_the_forms_are_some_that_slack_accepts(text: str) -> None:
    filled = {"practice": f"BP-1 {text}", "service": [("1", text)], "reason": text}
    opened_fits(Opened("exempt", filled))
    told = {"what": f"BP-1 {text}", "service": text, "reason": text, "asked_by": text, "answer": text}
    opened_fits(Opened("decline", told))
