"""Incidents for machines, newest first: in parts of any size, and those that have changed since an instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.orm import Session

from app.domain.lifecycle import KEYS
from app.domain.people import Actor
from app.models.catalog import Service
from app.models.history import Move
from app.models.incident import Incident, incident_service
from app.models.person import Team
from app.queries.board import CLOSED, IS_CLOSED, IS_OPEN, OPEN
from app.queries.catalogue import affected
from app.queries.visibility import may_see_incident


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What was asked for. `stage` is a stage's key, or open, closed, all; `updated_since`: anything of it was moved or
    edited then or later."""

    stage: str = "all"
    severity: str | None = None
    service: str | None = None
    team: str | None = None
    words: str = ""
    updated_since: datetime | None = None


@dataclass(frozen=True)
class Line:
    """An incident with the names of its services, and when it was last moved or edited."""

    incident: Incident
    services: Sequence[str]
    updated_at: datetime


def incidents(
    session: Session, by: Actor, filters: Filters, after: tuple[datetime, int] | None, limit: int
) -> list[Line]:
    """Those that this person may know of, declared before the one of this instant and id. Three queries."""
    rows = select(Incident).where(may_see_incident(by), *_conditions(filters))
    if after is not None:
        rows = rows.where(tuple_(Incident.declared_at, Incident.id) < tuple_(*after))
    found = session.scalars(rows.order_by(Incident.declared_at.desc(), Incident.id.desc()).limit(limit)).all()
    return lines(session, found)


def lines(session: Session, found: Sequence[Incident]) -> list[Line]:
    """Incidents that were found, with what belongs to them. Two queries."""
    ids = [each.id for each in found]
    services = affected(session, ids)
    moved: dict[int, datetime] = dict(
        session.execute(
            select(Move.incident_id, func.max(Move.at)).where(Move.incident_id.in_(ids)).group_by(Move.incident_id)
        ).all()  # type: ignore[arg-type] # rows of two
    )
    return [Line(each, services.get(each.id, []), moved.get(each.id, each.declared_at)) for each in found]


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.stage in KEYS:
        found += [Incident.stage == filters.stage, IS_OPEN]
    elif filters.stage in (OPEN, CLOSED):
        found.append(IS_OPEN if filters.stage == OPEN else IS_CLOSED)
    if filters.severity is not None:
        found.append(Incident.severity == filters.severity)
    if filters.service is not None or filters.team is not None:
        found.append(_affects(filters))
    if filters.updated_since is not None:
        moved = exists().where(Move.incident_id == Incident.id, Move.at >= filters.updated_since)
        found.append(moved.correlate(Incident))
    found += [Incident.title.icontains(word, autoescape=True) for word in filters.words.split()[:8]]
    return found


def _affects(filters: Filters) -> Any:
    affected = (
        exists()
        .where(incident_service.c.incident_id == Incident.id, Service.id == incident_service.c.service_id)
        .correlate(Incident)
    )
    if filters.service is not None:
        affected = affected.where(Service.name == filters.service)
    if filters.team is not None:
        affected = affected.where(Team.id == Service.team_id, Team.name == filters.team)
    return affected
