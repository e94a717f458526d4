"""From a step to what people read in Slack, and to nothing more than that."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.models.outbox import OutboxMessage
from app.models.person import Person
from app.outbox.relay import Relay
from app.workflow import best_practice, outbox
from tests.slack.company import Company, delivery, drain, relay, slack_settings
from tests.slack.stand_in import StandIn, error, goes_well, lose_the_answer, status


def test_a_declared_incident_is_one_card_per_channel(office: Company, slack: StandIn, to_slack: Relay) -> None:
    office.declare()
    drain(to_slack)
    for channel in ("C1", "C3"):
        (card,) = slack.messages[channel]
        assert "INC-1 SEV1: Checkout is down" in card["text"]
        assert "Stage 2 of 8: Resolution" in str(card["blocks"])
        assert card["unfurl_links"] is False
    assert {each.state for each in office.messages()} == {"delivered"}


def test_later_stages_answer_in_the_thread_and_the_card_shows_the_last_state(
    office: Company, slack: StandIn, to_slack: Relay
) -> None:
    of = office.declare()
    drain(to_slack)
    office.resolve(of)
    drain(to_slack)
    (card,), (answer,) = slack.roots("C1"), slack.answers("C1")
    assert answer["thread_ts"] == card["ts"]
    assert answer["reply_broadcast"] is True
    assert "INC-1 is resolved" in answer["text"]
    assert "Stage 3 of 8: Review" in str(card["blocks"])
    assert "Stage 3 of 8: Review" in str(slack.roots("C3")[0]["blocks"]), "the team's card is old"


def test_a_change_of_the_title_only_updates_the_card(office: Company, slack: StandIn, to_slack: Relay) -> None:
    of = office.declare()
    drain(to_slack)
    office.retitle(of, "Payments fail")
    drain(to_slack)
    (card,) = slack.messages["C1"]
    assert "Payments fail" in card["text"]


@pytest.mark.parametrize("times", [1, 2])
def test_a_message_whose_answer_was_lost_is_not_sent_again(
    office: Company, slack: StandIn, to_slack: Relay, clock: Any, times: int
) -> None:
    of = office.declare()
    drain(to_slack)
    slack.next("chat.postMessage", lose_the_answer)
    office.resolve(of)
    drain(to_slack)
    waiting = office.message("IncidentResolved")
    assert (waiting.state, waiting.attempts) == ("pending", 1)
    assert "could not be reached" in waiting.last_error
    for _ in range(times):
        clock.tick(minutes=1)
        drain(to_slack)
    assert len(slack.answers("C1")) == 1
    assert office.message("IncidentResolved").state == "delivered"


def test_a_card_whose_answer_was_lost_is_found_and_becomes_the_root(
    office: Company, slack: StandIn, to_slack: Relay, clock: Any
) -> None:
    slack.next("chat.postMessage", lose_the_answer)
    of = office.declare()
    drain(to_slack)
    clock.tick(minutes=1)
    drain(to_slack)
    office.resolve(of)
    drain(to_slack)
    (card,) = slack.roots("C1")
    assert [each["thread_ts"] for each in slack.answers("C1")] == [card["ts"]]


def test_a_card_that_stands_is_remembered_although_its_answer_is_refused(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    of = office.declare()
    drain(relay(sessions, delivery(sessions, slack_settings(token="")), clock))
    office.resolve(of)
    slack.next("chat.postMessage", goes_well, error("nobody_knows_why"))
    drain(to_slack)
    assert office.message("IncidentResolved").state == "dead"
    office.retitle(of, "Payments fail")
    drain(to_slack)
    assert slack.texts("C1") == ["INC-1 SEV1: Payments fail"]


def test_a_limit_is_waited_out(office: Company, slack: StandIn, to_slack: Relay, clock: Any) -> None:
    slack.next("chat.postMessage", status(429, Retry_After="30"))
    office.declare()
    drain(to_slack)
    first = office.message("IncidentDeclared")
    assert (first.next_at - clock()).total_seconds() == 30
    clock.tick(seconds=29)
    drain(to_slack)
    assert slack.messages["C1"] == []
    clock.tick(seconds=2)
    drain(to_slack)
    assert len(slack.messages["C1"]) == 1


def test_a_slack_that_is_down_delays_and_loses_nothing(
    office: Company, slack: StandIn, to_slack: Relay, clock: Any
) -> None:
    slack.next("chat.postMessage", *[status(503)] * 6)
    of = office.declare()
    office.resolve(of)
    for _ in range(8):
        drain(to_slack)
        clock.tick(minutes=10)
    assert [len(slack.roots("C1")), len(slack.answers("C1"))] == [1, 1]
    assert {each.state for each in office.messages()} == {"delivered"}


def test_a_bad_token_leaves_messages_waiting_with_the_reason(office: Company, slack: StandIn, to_slack: Relay) -> None:
    slack.next("chat.postMessage", *[error("invalid_auth")] * 9)
    office.declare()
    drain(to_slack)
    assert {each.state for each in office.messages()} == {"pending"}
    assert "RATCHET_SLACK_TOKEN" in office.message("IncidentDeclared").last_error


def test_a_missing_channel_is_dead_with_what_to_do_and_the_retry_delivers(
    office: Company, slack: StandIn, to_slack: Relay, clock: Any
) -> None:
    del slack.names["C1"]
    office.declare()
    drain(to_slack)
    dead = office.message("IncidentDeclared")
    assert dead.state == "dead"
    assert dead.last_error.startswith("Slack has no channel #incidents")
    slack.names["C1"] = "incidents"
    with office.begin() as work:
        outbox.retry(work, dead.id, by=office.ana, now=clock())
    drain(to_slack)
    assert office.message("IncidentDeclared").state == "delivered"
    assert len(slack.messages["C1"]) == 1


def test_a_channel_that_the_app_has_not_joined_is_joined(
    sessions: sessionmaker[Session], slack: StandIn, to_slack: Relay, clock: Any
) -> None:
    Company(sessions, clock, team_channel="#shop").declare()
    drain(to_slack)
    assert "C4" in slack.joined
    assert len(slack.messages["C4"]) == 1


def test_blocks_that_slack_refuses_are_said_in_plain_text(office: Company, slack: StandIn, to_slack: Relay) -> None:
    slack.next("chat.postMessage", error("invalid_blocks"))
    office.declare()
    drain(to_slack)
    (card,) = slack.messages["C1"]
    assert "Checkout is down" in card["text"]


def test_a_card_that_somebody_deleted_is_posted_anew(office: Company, slack: StandIn, to_slack: Relay) -> None:
    of = office.declare()
    drain(to_slack)
    slack.messages["C1"].clear()
    office.resolve(of)
    drain(to_slack)
    (card,) = slack.roots("C1")
    (answer,) = slack.answers("C1")
    assert answer["thread_ts"] == card["ts"]


def test_without_a_token_everything_is_kept_as_it_would_look(
    office: Company, sessions: sessionmaker[Session], clock: Any
) -> None:
    of = office.declare()
    office.resolve(of)
    drain(relay(sessions, delivery(sessions, slack_settings(token="")), clock))
    assert {each.state for each in office.messages()} == {"kept"}
    shown = office.message("IncidentResolved").rendered
    assert shown
    assert (shown["channel"], shown["thread"]) == ("#incidents", "in the thread of INC-1")
    assert "Rolled back." in str(shown["blocks"])


def test_a_token_that_is_set_later_starts_with_the_card(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session], clock: Any
) -> None:
    of = office.declare()
    drain(relay(sessions, delivery(sessions, slack_settings(token="")), clock))
    office.resolve(of)
    drain(to_slack)
    (card,), (answer,) = slack.roots("C1"), slack.answers("C1")
    assert answer["thread_ts"] == card["ts"]


def test_a_team_whose_channel_is_the_incidents_channel_hears_it_once(
    sessions: sessionmaker[Session], slack: StandIn, to_slack: Relay, clock: Any
) -> None:
    office = Company(sessions, clock, team_channel="incidents")
    office.declare()
    drain(to_slack)
    assert len(slack.messages["C1"]) == 1
    shown = office.message("IncidentDeclared", f"team:{office.team.id}").rendered
    assert shown
    assert "is told of this already" in shown["text"]


def test_the_owner_of_an_action_item_gets_a_direct_message(office: Company, slack: StandIn, to_slack: Relay) -> None:
    of = office.declare()
    office.give_item(of, office.ben)
    drain(to_slack)
    (card,), (answer,) = slack.roots("D0BEN"), slack.answers("D0BEN")
    assert "Checkout is down" in card["text"]
    assert "ACT-1 is yours" in answer["text"]
    assert answer["reply_broadcast"] is True, "nobody watches the threads of an app"


def test_an_action_item_that_has_another_owner_by_now_is_announced_to_that_one_only(
    office: Company, slack: StandIn, to_slack: Relay
) -> None:
    of = office.declare()
    office.give_item(of, office.ben)
    office.give_item_away(1, office.dev)
    slack.people["dev@example.com"] = "U0DEV"
    drain(to_slack)
    assert slack.messages["D0BEN"] == []
    assert "ACT-1 is yours" in slack.answers("D0DEV")[0]["text"]


def test_a_direct_message_whose_answer_was_lost_is_not_sent_again(
    office: Company, slack: StandIn, sessions: sessionmaker[Session], clock: Any
) -> None:
    of = office.declare()
    settings = slack_settings(slack.url)
    drain(relay(sessions, delivery(sessions, settings), clock))
    office.give_item(of, office.ben)
    slack.next("chat.postMessage", lose_the_answer)
    drain(relay(sessions, delivery(sessions, settings), clock))
    clock.tick(minutes=1)
    drain(relay(sessions, delivery(sessions, settings), clock))  # a new process: it remembers no channel
    assert [len(slack.roots("D0BEN")), len(slack.answers("D0BEN"))] == [1, 1]


def test_somebody_whom_slack_does_not_know_is_dead_with_what_to_do(
    office: Company, slack: StandIn, to_slack: Relay
) -> None:
    of = office.declare()
    del slack.people["ben@example.com"]
    office.give_item(of, office.ben)
    drain(to_slack)
    dead = office.message("ActionItemAssigned", f"person:{office.ben.id}")
    assert dead.state == "dead"
    assert "Slack knows nobody with the address of Ben" in dead.last_error


def test_a_person_who_has_left_gets_nothing(
    office: Company, slack: StandIn, to_slack: Relay, sessions: sessionmaker[Session]
) -> None:
    of = office.declare()
    office.give_item(of, office.ben)
    with sessions() as session, session.begin():
        session.execute(update(Person).where(Person.id == office.ben.id).values(is_active=False))
    drain(to_slack)
    assert slack.messages["D0BEN"] == []
    assert office.message("ActionItemAssigned", f"person:{office.ben.id}").state == "dead"


def test_a_practice_is_a_message_of_its_own_in_the_engineering_channel(
    office: Company, slack: StandIn, to_slack: Relay, clock: Any
) -> None:
    told = best_practice.Told(statement="Every call has a timeout", why="INC-1", area="dependency")
    with office.begin() as work:
        best_practice.propose(work, told, by=office.ana, now=clock())
    drain(to_slack)
    (posted,) = slack.messages["C2"]
    assert posted["text"] == "BP-1 is proposed: Every call has a timeout"
    assert posted["metadata"]["event_payload"] == {"outbox_id": office.messages()[-1].id, "part": "post"}


def test_what_is_told_is_what_holds_when_it_is_delivered(office: Company, slack: StandIn, to_slack: Relay) -> None:
    of = office.declare("Chekout is don")
    office.retitle(of, "Checkout is down")
    drain(to_slack)
    assert slack.texts("C1") == ["INC-1 SEV1: Checkout is down"]


def test_the_message_of_a_bug_is_tried_a_few_times_and_holds_up_nobody_else(
    office: Company, slack: StandIn, to_slack: Relay, clock: Any, sessions: sessionmaker[Session]
) -> None:
    office.declare()
    with sessions() as session, session.begin():
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.event == "IncidentDeclared", OutboxMessage.audience == "incidents")
            .values(event="NobodyKnows")
        )
    for _ in range(8):
        drain(to_slack)
        clock.tick(minutes=10)
    dead = office.message("NobodyKnows")
    assert dead.state == "dead"
    assert "KeyError" in dead.last_error
    assert len(slack.messages["C3"]) == 1
