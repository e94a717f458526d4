"""Teams, services and practices for machines: in parts of any size, each beginning after a key, so that what is added
meanwhile moves nothing. As many queries for 200 rows as for 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.domain.adoption import Progress, progress
from app.domain.lifecycle import RETIRED
from app.models.best_practice import Practice
from app.models.catalog import Service, service_dependency
from app.models.person import Team
from app.queries.criteria import standing_counts
from app.queries.practice import EVALUATED, EVERYTHING, LIVE


@dataclass(frozen=True)
class TeamLine:
    """A team, and how many services in use it owns."""

    team: Team
    services: int


@dataclass(frozen=True)
class ServiceLine:
    """A service with the name of its team, and the names of what it needs."""

    service: Service
    team: str | None
    depends_on: Sequence[str]


@dataclass(frozen=True)
class PracticeLine:
    """A practice; `progress` is None while no machine measures it."""

    practice: Practice
    progress: Progress | None


def teams(session: Session, after: str, limit: int) -> list[TeamLine]:
    """Teams by name, after this one. One query."""
    owned = (
        select(func.count())
        .select_from(Service)
        .where(Service.team_id == Team.id, ~Service.is_retired)
        .correlate(Team)
        .scalar_subquery()
    )
    rows = session.execute(select(Team, owned).where(Team.name > after).order_by(Team.name).limit(limit))
    return [TeamLine(*row) for row in rows]


def services(
    session: Session, after: str, limit: int, *, team: str | None = None, tier: int | None = None, words: str = "",
    retired: bool = False,
) -> list[ServiceLine]:  # fmt: skip
    """Services by name, after this one. Two queries."""
    of: list[ColumnElement[bool]] = [Service.name > after]
    if team is not None:
        of.append(Team.name == team)
    if tier is not None:
        of.append(Service.tier == tier)
    if not retired:
        of.append(~Service.is_retired)
    of += [
        or_(Service.name.icontains(word, autoescape=True), Service.title.icontains(word, autoescape=True))
        for word in words.split()[:8]
    ]
    return _with_needs(session, session.execute(_services().where(*of).order_by(Service.name).limit(limit)).all())


def service(session: Session, name: str) -> ServiceLine | None:
    """One service; None: there is none of this name. Two queries."""
    found = _with_needs(session, session.execute(_services().where(Service.name == name)).all())
    return found[0] if found else None


def practices(
    session: Session, before: int | None, limit: int, *, state: str = LIVE, area: str | None = None, words: str = ""
) -> list[PracticeLine]:
    """Practices, newest first, before this number. Two queries."""
    of: list[ColumnElement[bool]] = [] if before is None else [Practice.number < before]
    if state == LIVE:
        of.append(Practice.state != RETIRED)
    elif state != EVERYTHING:
        of.append(Practice.state == state)
    if area is not None:
        of.append(Practice.area == area)
    of += [Practice.statement.icontains(word, autoescape=True) for word in words.split()[:8]]
    found = session.scalars(select(Practice).where(*of).order_by(Practice.number.desc()).limit(limit)).all()
    counts = standing_counts(session, [each.id for each in found if each.state in EVALUATED])
    return [
        PracticeLine(each, progress(each.name, counts.get(each.id, ()), each.target_percent)
                     if each.state in EVALUATED else None)
        for each in found
    ]  # fmt: skip


def _services() -> Any:
    return select(Service, Team.name).outerjoin(Team, Team.id == Service.team_id)


def _with_needs(session: Session, found: Sequence[Any]) -> list[ServiceLine]:
    needs: dict[int, list[str]] = {}
    rows = (
        select(service_dependency.c.service_id, Service.name)
        .join(Service, Service.id == service_dependency.c.depends_on_id)
        .where(service_dependency.c.service_id.in_([each.id for each, _ in found]))
        .order_by(Service.name)
    )
    for service_id, name in session.execute(rows):
        needs.setdefault(service_id, []).append(name)
    return [ServiceLine(each, team, needs.get(each.id, [])) for each, team in found]
