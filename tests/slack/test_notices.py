"""What messages and the outbox page read, and how many queries that takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import NotFound
from app.domain.people import RATCHET
from app.queries import notices, outbox
from app.workflow import best_practice
from tests.slack.company import Company, delivery, drain, relay, slack_settings


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    seen: list[str] = []

    def see(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", see)
    yield seen
    event.remove(connection, "before_cursor_execute", see)


def test_an_incident_is_read_with_as_many_queries_whatever_it_holds(
    office: Company, session: Session, connection: Connection, clock: Any
) -> None:
    of = office.declare()
    office.resolve(of)
    with counted(connection) as few:
        notices.incident(session, of.id)
    told = best_practice.Told(statement="Every call has a timeout", why="x", area="dependency")
    for _ in range(5):
        office.give_item(of, office.ben)
        with office.begin() as work:
            best_practice.propose(work, told, by=office.ana, now=clock(), incident_number=of.number)
    with counted(connection) as many:
        found = notices.incident(session, of.id)
    assert len(few) == len(many) <= 8
    assert (found.items, found.items_open, len(found.practices)) == (5, 5, 5)


def test_the_notice_says_who_did_what_and_why(office: Company, session: Session, clock: Any) -> None:
    of = office.declare()
    office.resolve(of)
    told = office.message("IncidentResolved")
    found = notices.read(session, told.event, told.payload)
    assert found.by
    assert found.incident
    assert (found.by.name, found.at, found.incident.how_resolved) == ("Ana", clock(), "Rolled back.")
    assert [(each.title, each.team) for each in found.incident.services] == [("Checkout", "Payments")]


def test_the_outbox_is_shown_newest_first_page_by_page(office: Company, session: Session) -> None:
    office.resolve(office.declare())
    everything, none = outbox.page(session, office.dev)
    first, before = outbox.page(session, office.dev, size=2)
    rest, end = outbox.page(session, office.dev, size=50, before=before)
    assert none is None
    assert end is None
    assert [each.id for each in first + rest] == [each.id for each in everything]
    assert everything[0].id > everything[-1].id


def test_an_outbox_row_says_where_it_goes_in_words(office: Company, session: Session) -> None:
    of = office.declare()
    office.give_item(of, office.ben)
    rows, _ = outbox.page(session, office.dev)
    assert {each.to for each in rows} == {"the incidents channel", "Payments", "Ben"}
    assert {each.incident_number for each in rows} == {of.number}


def test_the_outbox_can_be_narrowed_to_a_state_and_counts_every_state(
    office: Company, session: Session, sessions: sessionmaker[Session], clock: Any
) -> None:
    office.declare()
    total = len(office.messages())
    assert outbox.counts(session, office.dev) == {
        "pending": total, "leased": 0, "delivered": 0, "dead": 0, "kept": 0,
    }  # fmt: skip
    drain(relay(sessions, delivery(sessions, slack_settings(token="")), clock))
    assert len(outbox.page(session, office.dev, state="kept")[0]) == total
    assert outbox.page(session, office.dev, state="pending")[0] == []


def test_messages_of_a_private_incident_are_shown_to_insiders_only(office: Company, session: Session) -> None:
    of = office.declare("Data breach", is_private=True, commander=office.ben)
    office.resolve(of)
    assert office.messages(), "nothing to hide: this test would prove nothing"
    assert outbox.page(session, office.dev)[0] == []
    assert sum(outbox.counts(session, office.dev).values()) == 0
    for insider in (office.ana, office.ben, RATCHET):
        assert len(outbox.page(session, insider)[0]) == len(office.messages())
    with pytest.raises(NotFound):
        outbox.find(session, office.dev, office.messages()[0].id)
    assert outbox.find(session, office.ana, office.messages()[0].id).incident_number == of.number
