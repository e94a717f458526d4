"""The relay alone: the order of a lane, leases, retries, death; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from app.domain.events import IncidentResolved
from app.models.outbox import OutboxMessage
from app.outbox import backoff
from app.outbox.contract import Dead, Delivered, Kept, Later, Outcome, Parcel, ThreadRef
from app.outbox.recorder import record
from tests.slack.company import Company, drain, relay

Say = Callable[[Parcel], Outcome]


class Courier:
    """Delivers as it is told, and remembers what it was given."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.seen: list[Parcel] = []

    def __call__(self, parcel: Parcel) -> Outcome:
        self.seen.append(parcel)
        return self.outcomes.pop(0) if self.outcomes else Delivered({"text": "here"})


@pytest.fixture
def office(sessions: sessionmaker[Session], clock: Any) -> Company:
    return Company(sessions, clock)


def lanes(courier: Courier) -> list[tuple[str, str]]:
    return [(each.audience, each.event) for each in courier.seen]


def test_messages_of_a_lane_arrive_in_order(office: Company, sessions: sessionmaker[Session], clock: Any) -> None:
    office.resolve(office.declare())
    courier = Courier()
    drain(relay(sessions, courier, clock))
    told = [event for audience, event in lanes(courier) if audience == "incidents"]
    assert told == ["IncidentDeclared", "IncidentConfirmed", "IncidentResolved"]


def test_a_message_that_waits_holds_up_its_lane_and_no_other(
    office: Company, sessions: sessionmaker[Session], clock: Any
) -> None:
    office.resolve(office.declare())
    courier = Courier(Later("Slack is down.", 60))
    drain(relay(sessions, courier, clock))
    assert lanes(courier) == [("incidents", "IncidentDeclared"), (f"team:{office.team.id}", "IncidentDeclared")]
    clock.tick(seconds=61)
    drain(relay(sessions, courier, clock))
    assert [event for _, event in lanes(courier)[2:]] == ["IncidentDeclared", "IncidentConfirmed", "IncidentResolved"]


def test_a_dead_message_lets_the_next_one_of_its_lane_pass(
    office: Company, sessions: sessionmaker[Session], clock: Any
) -> None:
    office.declare()
    courier = Courier(Dead("There is no such channel.", {"text": "x"}))
    drain(relay(sessions, courier, clock))
    dead = office.message("IncidentDeclared")
    assert (dead.state, dead.last_error, dead.rendered) == ("dead", "There is no such channel.", {"text": "x"})
    assert office.message("IncidentConfirmed").state == "delivered"


def test_what_became_of_a_message_is_written_down(office: Company, sessions: sessionmaker[Session], clock: Any) -> None:
    office.declare()
    drain(relay(sessions, Courier(Kept({"text": "as it would look"})), clock))
    kept = office.message("IncidentDeclared")
    assert (kept.state, kept.rendered, kept.settled_at, kept.lease) == (
        "kept", {"text": "as it would look"}, clock(), None,
    )  # fmt: skip


def test_the_lease_of_a_killed_relay_runs_out_and_the_message_is_looked_up_first(
    office: Company, sessions: sessionmaker[Session], clock: Any
) -> None:
    office.declare()

    def killed(_parcel: Parcel) -> Outcome:
        raise SystemExit

    with pytest.raises(SystemExit):
        relay(sessions, killed, clock, lease_seconds=120).run_once()
    courier = Courier()
    drain(relay(sessions, courier, clock))
    assert "incidents" not in [each.audience for each in courier.seen], "leased, and nothing after it may pass"
    clock.tick(seconds=121)
    drain(relay(sessions, courier, clock))
    again = next(each for each in courier.seen if each.audience == "incidents")
    assert again.may_have_arrived
    assert (clock() - again.first_sent_at).total_seconds() == 121


def test_a_relay_that_lost_its_lease_settles_nothing(
    office: Company, sessions: sessionmaker[Session], clock: Any
) -> None:
    of = office.declare()
    other = Courier(Delivered({"text": "the other"}))

    def slow(_parcel: Parcel) -> Outcome:
        clock.tick(seconds=200)
        relay(sessions, other, clock).run_once()
        return Dead("too late", {"text": "too late"}, ThreadRef(of.id, "incidents", "C1", "1.0"))

    relay(sessions, slow, clock, lease_seconds=180).run_once()
    told = office.message("IncidentDeclared")
    assert (told.state, told.rendered, told.attempts) == ("delivered", {"text": "the other"}, 2)


def test_waits_grow_and_after_hours_the_message_is_dead_with_the_last_reason(
    office: Company, sessions: sessionmaker[Session], clock: Any
) -> None:
    office.declare()
    courier = Courier(*[Later("Slack could not be reached.")] * 100)
    waits = []
    for _ in range(backoff.MOST_ATTEMPTS):
        relay(sessions, courier, clock).run_once()
        told = office.message("IncidentDeclared")
        waits.append((told.next_at - clock()).total_seconds())
        clock.at = max(told.next_at, clock.at)
        with sessions() as session, session.begin():  # the other lanes are not of interest here
            session.execute(
                update(OutboxMessage).where(OutboxMessage.audience != "incidents").values(state="delivered")
            )
    assert told.state == "dead"
    assert told.last_error == f"Given up after {backoff.MOST_ATTEMPTS} attempts. Slack could not be reached."
    assert waits[1] > waits[0]


def test_a_message_that_waits_for_a_person_never_gives_up(
    office: Company, sessions: sessionmaker[Session], clock: Any
) -> None:
    office.declare()
    with sessions() as session, session.begin():
        session.execute(update(OutboxMessage).values(attempts=500))
    relay(sessions, Courier(Later("Set the token anew.", 600, is_patient=True)), clock).run_once()
    assert office.message("IncidentDeclared").state == "pending"


def test_a_crash_is_tried_again_a_few_times_and_then_dead_with_its_reason(
    office: Company, sessions: sessionmaker[Session], clock: Any
) -> None:
    office.declare()

    def broken(_parcel: Parcel) -> Outcome:
        raise ZeroDivisionError("of ours")

    for _ in range(30):
        drain(relay(sessions, broken, clock))
        clock.tick(hours=1)
    assert {each.state for each in office.messages()} == {"dead"}
    assert "ZeroDivisionError: of ours" in office.messages()[0].last_error
    assert {each.attempts for each in office.messages()} == {backoff.MOST_CRASHES}


def test_recording_the_same_twice_is_one_message(office: Company, sessions: sessionmaker[Session], clock: Any) -> None:
    office.resolve(office.declare())
    (told,) = office.messages("IncidentResolved")
    same = IncidentResolved(
        move_id=told.payload["move_id"], incident_id=told.incident_id or 0, by_id=office.ana.id, at=clock()
    )
    with sessions() as session, session.begin():
        record(session, same, ["incidents", "team:1"], now=clock())
        record(session, replace(same, at=clock.tick(hours=1)), ["incidents"], now=clock())
    found = office.messages("IncidentResolved")
    assert sorted(each.audience for each in found) == ["incidents", "team:1"]
    assert found[0].created_at == told.created_at


def test_a_row_holds_facts_and_no_words(office: Company) -> None:
    of = office.declare("Checkout is down")
    told = office.message("IncidentDeclared")
    assert told.payload == {
        "incident_id": of.id, "move_id": told.payload["move_id"], "by_id": office.ana.id,
        "at": office.clock().isoformat(),
    }  # fmt: skip
    assert told.dedupe_key == f"IncidentDeclared:{told.payload['move_id']}:incidents"
    assert (told.lane, told.event_version) == (f"incident:{of.id}:incidents", 1)


def test_what_is_rolled_back_was_never_recorded(office: Company, sessions: sessionmaker[Session], clock: Any) -> None:
    of = office.declare()
    before = len(office.messages())
    told = IncidentResolved(move_id=999_999, incident_id=of.id, by_id=None, at=clock())
    with sessions() as session:
        record(session, told, ["incidents"], now=clock())
        session.rollback()
    assert len(office.messages()) == before
