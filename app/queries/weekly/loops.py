"""Loops that were opened and closed in the week, and how many get as far as that."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.lifecycle import DONE, LAST, POSITION_VERBS, SKIPPED
from app.domain.report import ROWS_MAX
from app.domain.report_sections import LoopLine, Loops
from app.models.history import Move
from app.models.incident import Incident
from app.queries.weekly.positions import Positions
from app.queries.weekly.scope import Scope

_CLOSED = (DONE, SKIPPED)


def read(session: Session, scope: Scope, positions: Positions) -> Loops:
    """Two queries. A loop that was closed and reopened within the week counts as neither."""
    stood = positions.stood.values()
    opened_ids = [each.id for each in stood if scope.since <= each.declared_at < scope.as_of]
    closed_at, reopened = {}, set()
    for key, verb, from_state, stage, state, at in session.execute(_moves(scope)):
        if stage == LAST.key and state in _CLOSED and positions.is_closed(key):
            closed_at[key] = at
        elif verb == "reopen" and from_state in _CLOSED and key in positions.stood and not positions.is_closed(key):
            reopened.add(key)
    about = _about(session, [*opened_ids, *closed_at])
    opened = [LoopLine(*about[key], positions.stood[key].declared_at) for key in opened_ids]
    closed = [LoopLine(*about[key], at) for key, at in closed_at.items()]
    declared = [each for each in stood if each.declared_at >= scope.far_back]
    return Loops(
        _newest(opened), len(opened), _newest(closed), len(closed), len(reopened),
        sum(not each.position.is_closed for each in stood),
        sum(each.position.is_closed for each in declared), len(declared),
    )  # fmt: skip


def _moves(scope: Scope) -> Any:
    return (
        select(Move.incident_id, Move.verb, Move.from_state, Move.to_stage, Move.to_state, Move.at)
        .join(Incident, Incident.id == Move.incident_id)
        .where(
            Move.at >= scope.since, Move.at < scope.as_of, Move.verb.in_(POSITION_VERBS), Move.to_stage.is_not(None),
            *scope.incidents,
        )
        .order_by(Move.id)
    )  # fmt: skip


def _about(session: Session, ids: list[int]) -> dict[int, tuple[int, str, str | None]]:
    """Number, title and severity."""
    if not ids:
        return {}
    rows = session.execute(
        select(Incident.id, Incident.number, Incident.title, Incident.severity).where(Incident.id.in_(ids))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _newest(lines: list[LoopLine]) -> list[LoopLine]:
    return sorted(lines, key=lambda each: (each.at, each.incident), reverse=True)[:ROWS_MAX]
