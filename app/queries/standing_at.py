"""Where services stood on practices at an instant, from the current cells and their past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.adoption import PastStanding, Standing

Stood = tuple[str, datetime | None]


def standings_at(
    session: Session, practice_ids: Sequence[int], service_ids: Sequence[int], at: datetime
) -> dict[tuple[int, int], Stood]:
    """Standing and since when, by practice and service. What is not there was not measured then. Two queries."""
    if not practice_ids or not service_ids:
        return {}
    found: dict[tuple[int, int], Stood] = {}
    rows = select(Standing).where(Standing.practice_id.in_(practice_ids), Standing.service_id.in_(service_ids))
    for row in session.scalars(rows):
        if row.since <= at:
            found[row.practice_id, row.service_id] = current_at(row, at)
    past = select(
        PastStanding.practice_id, PastStanding.service_id, PastStanding.standing, PastStanding.since
    ).where(
        PastStanding.practice_id.in_(practice_ids), PastStanding.service_id.in_(service_ids),
        PastStanding.since <= at, PastStanding.until > at,
    )  # fmt: skip
    for practice_id, service_id, standing, since in session.execute(past):
        found[practice_id, service_id] = (standing, since)
    return found


def current_at(row: Standing, at: datetime) -> Stood:
    """What a current cell says at an instant that is not before its beginning: time alone may have changed it."""
    standing, since = row.standing, row.since
    if row.due_at is not None and row.due_at <= at and row.due_standing is not None:
        standing, since = row.due_standing, row.due_at
        for instant, then in row.later or ():
            if (changed_at := datetime.fromisoformat(instant)) <= at:
                standing, since = then, changed_at
    return standing, since
