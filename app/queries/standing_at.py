"""Where services stood at an instant: by what was known then, whether or not somebody has looked since."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.adoption import UNKNOWN
from app.models.adoption import PastStanding, Standing

Stood = tuple[str, datetime | None]


def standings_at(
    session: Session, practice_ids: Collection[int], service_ids: Collection[int], at: datetime
) -> dict[tuple[int, int], Stood]:
    """Standing and since when, by practice and service; unknown where nobody had measured it. Two queries."""
    found: dict[tuple[int, int], Stood] = {
        (practice, service): (UNKNOWN, None) for practice in practice_ids for service in service_ids
    }
    past = select(PastStanding).where(
        PastStanding.practice_id.in_(practice_ids), PastStanding.service_id.in_(service_ids),
        PastStanding.since <= at, PastStanding.until > at,
    )  # fmt: skip
    for row in session.scalars(past):
        found[(row.practice_id, row.service_id)] = (row.standing, row.since)
    current = select(Standing).where(
        Standing.practice_id.in_(practice_ids), Standing.service_id.in_(service_ids), Standing.since <= at
    )
    for cell in session.scalars(current):
        found[(cell.practice_id, cell.service_id)] = became(cell, at)
    return found


def became(cell: Standing, at: datetime) -> Stood:
    """What a stored cell is at this instant, by time alone."""
    here: Stood = (cell.standing, cell.since)
    steps = [(cell.due_at, cell.due_standing), *((datetime.fromisoformat(on), then) for on, then in cell.later or ())]
    for due_at, then in steps:
        if due_at is not None and then is not None and due_at <= at:
            here = (then, due_at)
    return here
