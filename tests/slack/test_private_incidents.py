"""A private incident leaks nowhere: not to a channel, not to a stranger, and not by what was posted before."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from app.outbox.relay import Relay
from app.slack.messages.card import PRIVATE
from tests.slack.company import Company, drain
from tests.slack.stand_in import Act, StandIn, error, goes_well


def everything(slack: StandIn) -> str:
    return json.dumps(slack.messages)


def channels(slack: StandIn) -> str:
    return json.dumps({key: told for key, told in slack.messages.items() if key.startswith("C")})


def test_no_channel_hears_of_a_private_incident(office: Company, slack: StandIn, to_slack: Relay) -> None:
    of = office.declare("Data breach", is_private=True, commander=office.ben)
    office.resolve(of)
    drain(to_slack)
    assert json.loads(channels(slack)) in ({}, {"C1": []}, {"C1": [], "C3": []})
    assert "Data breach" in slack.roots("D0BEN")[0]["text"]


def test_what_waited_while_the_incident_became_private_is_not_sent(
    office: Company, slack: StandIn, to_slack: Relay
) -> None:
    of = office.declare("Data breach")
    office.set_privacy(of, is_private=True)
    drain(to_slack)
    assert "Data breach" not in channels(slack)
    assert str(of.number) not in "".join(slack.texts("C1"))
    dead = office.message("IncidentDeclared")
    assert (dead.state, dead.last_error) == ("dead", "The incident is private: nothing was sent to #incidents.")


def test_what_a_channel_has_heard_is_taken_back(office: Company, slack: StandIn, to_slack: Relay) -> None:
    of = office.declare("Data breach")
    office.resolve(of)
    drain(to_slack)
    assert "Data breach" in channels(slack)
    office.set_privacy(of, is_private=True)
    drain(to_slack)
    assert set(slack.texts("C1") + slack.texts("C3")) == {PRIVATE}
    assert "Data breach" not in channels(slack)
    assert "INC-1" not in channels(slack)


@pytest.mark.parametrize("word", ["cant_update_message", "edit_window_closed"])
def test_what_may_not_be_changed_any_more_is_deleted(
    office: Company, slack: StandIn, to_slack: Relay, word: str
) -> None:
    of = office.declare("Data breach")
    drain(to_slack)
    slack.next("chat.update", error(word))
    office.set_privacy(of, is_private=True)
    drain(to_slack)
    assert "Data breach" not in channels(slack)


def test_a_take_down_that_fails_is_tried_again(office: Company, slack: StandIn, to_slack: Relay, clock: Any) -> None:
    of = office.declare("Data breach")
    drain(to_slack)
    slack.next("chat.update", error("fatal_error"))
    office.set_privacy(of, is_private=True)
    drain(to_slack)
    clock.tick(minutes=1)
    drain(to_slack)
    assert "Data breach" not in channels(slack)


def test_the_card_comes_back_when_the_incident_is_open_again(office: Company, slack: StandIn, to_slack: Relay) -> None:
    of = office.declare("Not a breach")
    drain(to_slack)
    office.set_privacy(of, is_private=True)
    drain(to_slack)
    office.set_privacy(of, is_private=False)
    drain(to_slack)
    assert "Not a breach" in slack.texts("C1")[0]
    assert "Not a breach" in slack.texts("C3")[0]


def test_a_direct_message_goes_only_to_somebody_who_may_see_the_incident(
    office: Company, slack: StandIn, to_slack: Relay
) -> None:
    of = office.declare("Data breach")
    office.give_item(of, office.ben)
    office.set_privacy(of, is_private=True)
    drain(to_slack)
    assert "Data breach" not in everything(slack)
    dead = office.message("ActionItemAssigned", f"person:{office.ben.id}")
    assert dead.last_error == "The incident is private and Ben may not see it: nothing was sent."


def test_it_became_private_while_slack_was_being_called(office: Company, slack: StandIn, to_slack: Relay) -> None:
    of = office.declare("Data breach")

    def meanwhile(handler: BaseHTTPRequestHandler, act: Act) -> None:
        office.set_privacy(of, is_private=True)
        goes_well(handler, act)

    slack.next("chat.postMessage", meanwhile)
    to_slack.run_once()
    assert "Data breach" not in channels(slack)
