"""Where services stood at an instant: by what was known then, whether or not somebody has looked since."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.adoption import DOES_NOT_APPLY, UNKNOWN
from app.models.adoption import PastStanding, Standing
from app.models.history import Move

BEGINS, ENDS = "activate_check", "retire"
Stood = tuple[str, datetime | None]


def standings_at(
    session: Session, practice_ids: Collection[int], service_ids: Collection[int], at: datetime
) -> dict[tuple[int, int], Stood]:
    """Standing and since when, by practice and service; unknown where nobody had measured it. Three queries."""
    measured = _measured(session, practice_ids, at)
    found: dict[tuple[int, int], Stood] = {
        (practice, service): (DOES_NOT_APPLY if practice in measured else UNKNOWN, None)
        for practice in practice_ids for service in service_ids
    }  # fmt: skip
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


def _measured(session: Session, practice_ids: Collection[int], at: datetime) -> set[int]:
    """The practices that machines measured then: a check was activated, and the practice was not retired since."""
    rows = (
        select(Move.practice_id, Move.verb)
        .where(Move.practice_id.in_(practice_ids), Move.verb.in_((BEGINS, ENDS)), Move.at <= at)
        .order_by(Move.id)
    )
    last = {practice_id: verb for practice_id, verb in session.execute(rows) if practice_id is not None}
    return {practice_id for practice_id, verb in last.items() if verb == BEGINS}
