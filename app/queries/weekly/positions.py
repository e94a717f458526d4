"""Where incidents stood at an instant: where they stand now, with what has happened since taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.lifecycle import POSITION_VERBS, Position
from app.models.history import Move
from app.models.incident import Incident
from app.queries.board import IS_OPEN
from app.queries.weekly.scope import Scope

_INCIDENT: Any = Incident.__table__.c


class Stood(NamedTuple):
    """One incident as it stood at the end of the week."""

    id: int
    position: Position
    entered_at: datetime
    declared_at: datetime


@dataclass(frozen=True)
class Positions:
    """Every incident that was under way, has moved in the week, or was declared since the funnel begins."""

    stood: dict[int, Stood]

    def is_closed(self, incident_id: int) -> bool:
        return incident_id in self.stood and self.stood[incident_id].position.is_closed


def read(session: Session, scope: Scope) -> Positions:
    """Two queries; a third for those that have moved since, if any have."""
    moved = _moved_since(session, scope.as_of)
    rows = session.execute(
        select(
            _INCIDENT.id, _INCIDENT.stage, _INCIDENT.state, _INCIDENT.stage_entered_at, _INCIDENT.declared_at
        ).where(
            _INCIDENT.declared_at < scope.as_of,
            or_(
                _INCIDENT.declared_at >= scope.far_back, IS_OPEN,
                _INCIDENT.id.in_(select(Move.incident_id).where(Move.at >= scope.since, Move.incident_id.is_not(None))),
            ),
            *scope.incidents,
        )
    ).all()  # fmt: skip
    entered = _entered(session, scope.as_of) if any(row[0] in moved for row in rows) else {}
    found = {}
    for key, stage, state, entered_at, declared_at in rows:
        position = moved[key] if key in moved else Position(stage, state)
        if position is not None:
            at = entered.get(key, declared_at) if key in moved else entered_at
            found[key] = Stood(key, position, at, declared_at)
    return Positions(found)


def _moved_since(session: Session, at: datetime) -> dict[int, Position | None]:
    """Where those stood at the instant that have moved since. None: an incident that was not there yet."""
    rows: Any = session.execute(
        select(Move.incident_id, Move.from_stage, Move.from_state)
        .where(Move.at >= at, Move.incident_id.is_not(None), Move.verb.in_(POSITION_VERBS))
        .order_by(Move.id)
    )
    found: dict[int, Position | None] = {}
    for key, stage, state in rows:
        found.setdefault(key, Position(stage, state) if stage and state else None)
    return found


def _entered(session: Session, at: datetime) -> dict[int, datetime]:
    """Since when those that have moved since stood at their stage: as `Incident.move_to` counts."""
    entering = or_(Move.from_stage.is_(None), Move.from_stage != Move.to_stage, Move.verb == "reopen")
    later = select(Move.incident_id).where(Move.at >= at, Move.verb.in_(POSITION_VERBS), Move.incident_id.is_not(None))
    closing = (Move.verb.in_(("advance", "skip", "leave_out"))) & (Move.from_stage == Move.to_stage)
    rows = session.execute(
        select(Move.incident_id, func.max(Move.at))
        .where(
            Move.incident_id.in_(later), Move.at < at, Move.verb.in_(POSITION_VERBS), or_(entering, closing)
        )
        .group_by(Move.incident_id)
    )  # fmt: skip
    return {key: entered for key, entered in rows if key is not None}
