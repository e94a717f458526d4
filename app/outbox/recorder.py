"""From an event to rows of the outbox, in the transaction of the change that the event tells of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.events import Event, Moved, ReportEvent, ServicesSlipped
from app.models.outbox import PENDING, OutboxMessage

VERSION = 1


def record(session: Session, event: Event, audiences: Iterable[str], *, now: datetime, key: str = "") -> None:
    """One row per audience, in one statement, committed by the caller or not at all. What is recorded stays as it is:
    the same event of the same Move for the same audience is one message; with a `key`, one for each key."""
    rows = _rows(event, audiences, now, f":{key}" if key else "")
    if rows:
        session.execute(_insert(session.get_bind().dialect.name), rows)


def _rows(event: Event, audiences: Iterable[str], now: datetime, key: str) -> list[dict[str, Any]]:
    name = type(event).__name__
    cause = _cause(event)
    payload = {each.name: _plain(getattr(event, each.name)) for each in fields(event)}
    incident_id, practice_id = payload.get("incident_id"), payload.get("practice_id")
    subject = f"incident:{incident_id}" if incident_id is not None else f"practice:{practice_id or cause}"
    if isinstance(event, ReportEvent):  # of one week after the other, and each one's chart after its words
        subject = f"report:{event.audience}"
    same = {
        "event": name, "event_version": VERSION, "payload": payload, "incident_id": incident_id,
        "practice_id": practice_id, "state": PENDING, "attempts": 0, "created_at": now, "next_at": now,
        "last_error": "",
    }  # fmt: skip
    return [
        {
            **same, "audience": audience, "lane": f"{subject}:{audience}",
            "dedupe_key": f"{name}:{cause}:{audience}{key}",
        }
        for audience in audiences
    ]  # fmt: skip


def _cause(event: Event) -> int:
    """What makes the event this one and no other: its Move, its report, or the first of the slips that it tells of."""
    if isinstance(event, ReportEvent):
        return event.report_id
    if isinstance(event, ServicesSlipped):
        return min(event.slip_ids)
    if not isinstance(event, Moved):
        raise TypeError(f"{type(event).__name__} has no Move: nobody can be told of it exactly once")
    return event.move_id


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else list(value) if isinstance(value, tuple) else value


@cache
def _insert(dialect: str) -> Any:
    """The table itself and not the class: no object is needed of what only the relay reads."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table: Any = OutboxMessage.__table__
    return insert(table).on_conflict_do_nothing(index_elements=["dedupe_key"])
