"""Where services stand on practices, for machines: in parts of any size, now or at an instant of the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_, union
from sqlalchemy.orm import Session

from app.models.adoption import PastStanding, Standing
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Team
from app.queries.practice import EVALUATED
from app.queries.standing_at import standings_at


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What was asked for; `at`: as it was then, of every pair that was ever measured."""

    practice: int | None = None
    service: str | None = None
    team: str | None = None
    standing: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One service on one practice. Of the past no message is told."""

    practice: int
    service: str
    team: str | None
    standing: str
    since: datetime | None
    message: str


@dataclass(frozen=True)
class Part:
    """`last`: practice and service at which the part ends, or None: nothing comes after it."""

    lines: Sequence[Line]
    last: tuple[int, str] | None


def standings(session: Session, filters: Filters, after: tuple[int, str] | None, limit: int) -> Part:
    """By practice and service, after this pair. One query; for the past two more."""
    if filters.at is not None:
        return _at(session, filters, filters.at, after, limit)
    rows = select(
        Practice.number, Service.name, Team.name, Standing.standing, Standing.since, Standing.message
    ).select_from(Standing)
    rows = _joined(rows, Standing).where(~Service.is_retired, Practice.state.in_(EVALUATED), *_of(filters))
    if filters.standing is not None:
        rows = rows.where(Standing.standing == filters.standing)
    found = session.execute(_after(rows, after).limit(limit + 1)).all()
    lines = [Line(*row) for row in found[:limit]]
    return Part(lines, (lines[-1].practice, lines[-1].service) if len(found) > limit else None)


def _at(session: Session, filters: Filters, at: datetime, after: tuple[int, str] | None, limit: int) -> Part:
    pairs = union(
        select(Standing.practice_id, Standing.service_id), select(PastStanding.practice_id, PastStanding.service_id)
    ).subquery()
    rows = select(Practice.number, Service.name, Team.name, Practice.id, Service.id).select_from(pairs)
    rows = _joined(rows, pairs.c).where(*_of(filters))
    found = session.execute(_after(rows, after).limit(limit + 1)).all()
    part = found[:limit]
    stood = standings_at(session, {row[3] for row in part}, {row[4] for row in part}, at)
    lines = []
    for number, service, team, practice_id, service_id in part:
        standing, since = stood[practice_id, service_id]
        lines.append(Line(number, service, team, standing, since, ""))
    kept = [each for each in lines if filters.standing in (None, each.standing)]
    return Part(kept, (part[-1][0], part[-1][1]) if len(found) > limit else None)


def _joined(rows: Any, cells: Any) -> Any:
    return (
        rows.join(Practice, Practice.id == cells.practice_id)
        .join(Service, Service.id == cells.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
    )


def _after(rows: Any, after: tuple[int, str] | None) -> Any:
    if after is not None:
        rows = rows.where(tuple_(Practice.number, Service.name) > tuple_(*after))
    return rows.order_by(Practice.number, Service.name)


def _of(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.practice is not None:
        found.append(Practice.number == filters.practice)
    if filters.service is not None:
        found.append(Service.name == filters.service)
    if filters.team is not None:
        found.append(Team.name == filters.team)
    return found
