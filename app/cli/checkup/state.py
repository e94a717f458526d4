"""What the rows tell: can anybody sign in, does a worker carry the messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from app.cli.checkup import Finding, ok, problem, warning
from app.domain.people import ADMINISTRATOR
from app.models.outbox import DEAD, LEASED, PENDING, OutboxMessage
from app.models.person import Person

LATE = timedelta(minutes=5)  # a worker that runs is never so late, short of Slack asking it to wait


def findings(session: Session, now: datetime) -> Iterator[Finding]:
    yield _administrator(session)
    yield _worker(session, now)
    yield _dead(session)


def _administrator(session: Session) -> Finding:
    able = select(func.count()).where(Person.role == ADMINISTRATOR, Person.is_active, Person.password_hash != "")
    if count := session.scalar(able) or 0:
        return ok("people", f"{count} administrator{'s' if count > 1 else ''} can sign in.")
    advice = 'Run: flask --app wsgi user add ana@example.com --name "Ana" --role administrator'
    return problem("people", "No administrator can sign in.", advice)


def _worker(session: Session, now: datetime) -> Finding:
    unsettled = (PENDING, LEASED)
    waiting = session.scalar(select(func.count()).where(OutboxMessage.state.in_(unsettled))) or 0
    earlier = aliased(OutboxMessage)
    is_behind = exists().where(
        earlier.lane == OutboxMessage.lane, earlier.id < OutboxMessage.id, earlier.state.in_(unsettled)
    )  # messages of one lane go one after the other: only the first of each can be late
    due = select(func.min(OutboxMessage.next_at)).where(OutboxMessage.state.in_(unsettled), ~is_behind)
    oldest = session.scalar(due)
    if oldest is None:
        return ok("worker", "No message waits.")
    late = now - oldest
    words = f"{waiting} message{'s wait' if waiting > 1 else ' waits'}"
    if late > LATE:
        minutes = int(late.total_seconds() // 60)
        words += f"; the oldest should have gone {minutes:,} minutes ago."
        return problem("worker", words, "No worker runs, or it is stuck. Run: flask --app wsgi worker")
    return ok("worker", f"{words}, none for longer than {LATE.seconds // 60} minutes.")


def _dead(session: Session) -> Finding:
    count = session.scalar(select(func.count()).where(OutboxMessage.state == DEAD)) or 0
    if not count:
        return ok("messages", "None is undeliverable.")
    advice = "The outbox page tells the reason of each, and sends it again: /outbox?state=dead"
    return warning("messages", f"{count:,} could not be delivered.", advice)
