"""The practices that machines measured at an instant, in the words that they had then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.best_practice import Practice, PracticeVersion
from app.models.history import Move
from app.queries.standing_at import BEGINS, ENDS


@dataclass(frozen=True)
class Said:
    """A practice as it was. `spans`: from when until when it was measured; the last may have no end."""

    id: int
    number: int
    statement: str
    level: str
    target_percent: int
    spans: Sequence[tuple[datetime, datetime | None]]

    def is_measured(self, at: datetime) -> bool:
        """Just before this instant."""
        return any(begun < at and (ended is None or at <= ended) for begun, ended in self.spans)


def read(session: Session, at: datetime) -> dict[int, Said]:
    """Those that had been measured by then, at any time. Three queries."""
    spans = _spans(session, at)
    rows = session.execute(
        select(Practice.id, Practice.number, Practice.statement, Practice.level, Practice.target_percent)
        .where(Practice.id.in_(spans))
        .order_by(Practice.number)
    )
    found = {row[0]: Said(*row, spans[row[0]]) for row in rows}
    for key, said in _words(session, at, found).items():
        names = ("statement", "level", "target_percent")
        found[key] = replace(found[key], **{name: said[name] for name in names if name in said})
    return found


def _spans(session: Session, at: datetime) -> dict[int, list[tuple[datetime, datetime | None]]]:
    rows = session.execute(
        select(Move.practice_id, Move.verb, Move.at)
        .where(Move.verb.in_((BEGINS, ENDS)), Move.practice_id.is_not(None), Move.at < at)
        .order_by(Move.id)
    )
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for key, verb, when in rows:
        assert key is not None
        spans = found.get(key, [])
        is_running = bool(spans) and spans[-1][1] is None
        if verb == BEGINS and not is_running:
            found.setdefault(key, []).append((when, None))
        elif verb == ENDS and is_running:
            spans[-1] = (spans[-1][0], when)
    return found


def _words(session: Session, at: datetime, ids: Mapping[int, Said]) -> dict[int, Mapping[str, Any]]:
    """What each said at the instant, where somebody has saved it by then."""
    last = (
        select(PracticeVersion.practice_id, func.max(PracticeVersion.version).label("version"))
        .where(PracticeVersion.practice_id.in_(ids), PracticeVersion.at < at)
        .group_by(PracticeVersion.practice_id)
        .subquery()
    )
    rows = session.execute(
        select(PracticeVersion.practice_id, PracticeVersion.said).join(
            last,
            (PracticeVersion.practice_id == last.c.practice_id) & (PracticeVersion.version == last.c.version),
        )
    )
    return {row[0]: row[1] for row in rows}
