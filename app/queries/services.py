"""Services for their pages: the list with its filters, and one service with all that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.domain.adoption import UNKNOWN, Progress, progress
from app.domain.errors import NotFound
from app.domain.lifecycle import BY_KEY, Position
from app.domain.people import Actor
from app.models.adoption import Standing, Tally
from app.models.best_practice import Practice
from app.models.catalog import Fact, Service, service_dependency
from app.models.incident import Incident, incident_service
from app.models.person import Team
from app.queries.absent import absent
from app.queries.board import IS_OPEN
from app.queries.practice import EVALUATED
from app.queries.standings import FIRST_TO_DO
from app.queries.visibility import may_see_incident

PAGE = 50
FACTS_MAX = 300  # more keys than that nobody reads on a page
INCIDENTS_SHOWN = 10  # of one service; the board has the rest


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the reader chose. `team` is a name, `tier` a figure or nothing."""

    team: str = ""
    tier: str = ""
    words: str = ""
    retired: bool = False


@dataclass(frozen=True)
class Row:
    """A service in a list. `open_incidents` are those that the reader may know of."""

    service: Service
    team: Team | None
    open_incidents: int
    adoption: Progress


@dataclass(frozen=True)
class Hit:
    """An incident of a service, in short."""

    number: int
    title: str
    severity: str | None
    is_private: bool
    stage: str
    state: str
    declared_at: datetime

    @property
    def stage_title(self) -> str:
        return BY_KEY[self.stage].title

    @property
    def is_closed(self) -> bool:
        return Position(self.stage, self.state).is_closed


@dataclass(frozen=True)
class On:
    """Where a service stands on one practice. `since` is None when it was never evaluated."""

    number: int
    statement: str
    standing: str
    since: datetime | None
    message: str


def page(session: Session, by: Actor, filters: Filters, number: int) -> tuple[list[Row], int]:
    """One page of services by tier and name, and how many there are in all. Five queries."""
    conditions = _conditions(filters)
    total = session.scalar(select(func.count()).select_from(Service).where(*conditions)) or 0
    found = session.execute(
        _with_team().where(*conditions).order_by(Service.tier, Service.name).limit(PAGE).offset((number - 1) * PAGE)
    ).all()
    return _dress(session, by, found), total


def find(session: Session, by: Actor, name: str) -> Row:
    """One service. NotFound: there is none of this name."""
    found = session.execute(_with_team().where(Service.name == name)).all()
    if not found:
        raise NotFound(f"There is no service {name}.")
    return _dress(session, by, found)[0]


def of_team(session: Session, by: Actor, team_id: int, page: int) -> tuple[list[Row], int]:
    """One page of the services that a team owns, the most important first, and how many there are. Five queries."""
    of_it = (Service.team_id == team_id, ~Service.is_retired)
    total = session.scalar(select(func.count()).select_from(Service).where(*of_it)) or 0
    found = session.execute(
        _with_team().where(*of_it).order_by(Service.tier, Service.name).limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    return _dress(session, by, found), total


def depends_on(session: Session, service_id: int) -> list[Service]:
    """The services that this one needs."""
    needs = select(service_dependency.c.depends_on_id).where(service_dependency.c.service_id == service_id)
    return list(session.scalars(select(Service).where(Service.id.in_(needs)).order_by(Service.tier, Service.name)))


def needed_by(session: Session, service_id: int) -> list[Service]:
    """The services that need this one."""
    need = select(service_dependency.c.service_id).where(service_dependency.c.depends_on_id == service_id)
    return list(session.scalars(select(Service).where(Service.id.in_(need)).order_by(Service.tier, Service.name)))


def incidents(session: Session, by: Actor, service_id: int) -> list[Hit]:
    """The latest incidents of a service that the reader may know of: those to show, and one more if there are more."""
    rows = session.execute(
        select(
            Incident.number, Incident.title, Incident.severity, Incident.is_private, Incident.stage, Incident.state,
            Incident.declared_at,
        )
        .join(incident_service, incident_service.c.incident_id == Incident.id)
        .where(incident_service.c.service_id == service_id, may_see_incident(by))
        .order_by(Incident.declared_at.desc(), Incident.id.desc())
        .limit(INCIDENTS_SHOWN + 1)
    )  # fmt: skip
    return [Hit(*row) for row in rows]


def standings(session: Session, service_id: int) -> list[On]:
    """Its standing on every practice that is measured; what asks for somebody's work comes first."""
    rows = session.execute(
        select(
            Practice.number, Practice.statement, Standing.standing, Standing.since, Standing.message, Tally.practice_id
        )
        .outerjoin(Standing, and_(Standing.practice_id == Practice.id, Standing.service_id == service_id))
        .outerjoin(Tally, Tally.practice_id == Practice.id)
        .where(Practice.state.in_(EVALUATED))
        .order_by(FIRST_TO_DO, Practice.number)
    )
    return [
        On(number, statement, standing or absent(tally), since, message or "")
        for number, statement, standing, since, message, tally in rows
    ]


def facts(session: Session, service_id: int) -> list[Fact]:
    """What the service reports about itself."""
    rows = select(Fact).where(Fact.service_id == service_id).order_by(Fact.key).limit(FACTS_MAX)
    return list(session.scalars(rows))


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Names of services by id."""
    rows = session.execute(select(Service.id, Service.name).where(Service.id.in_(list(ids))))
    return {row[0]: row[1] for row in rows}


def _with_team() -> Any:
    return select(Service, Team).outerjoin(Team, Team.id == Service.team_id)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [] if filters.retired else [~Service.is_retired]
    if filters.team:
        found.append(Service.team_id.in_(select(Team.id).where(Team.name == filters.team)))
    if filters.tier:
        found.append(Service.tier == int(filters.tier))
    found += [
        or_(Service.name.icontains(word, autoescape=True), Service.title.icontains(word, autoescape=True))
        for word in filters.words.split()[:8]
    ]
    return found


def _dress(session: Session, by: Actor, found: Sequence[Any]) -> list[Row]:
    ids = [service.id for service, *_ in found]
    incidents: dict[int, int] = dict(
        session.execute(
            select(incident_service.c.service_id, func.count())
            .join(Incident, Incident.id == incident_service.c.incident_id)
            .where(incident_service.c.service_id.in_(ids), IS_OPEN, may_see_incident(by))
            .group_by(incident_service.c.service_id)
        ).all()
    )
    counts = _standing_counts(session, ids)
    return [
        Row(service, team, incidents.get(service.id, 0), progress(service.name, counts[service.id], 100))
        for service, team in found
    ]


def _standing_counts(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Practices by standing, for each service. Each cell is looked up by practice and service: there is no index of
    cells by service alone."""
    practices = session.execute(
        select(Practice.id, Tally.practice_id)
        .outerjoin(Tally, Tally.practice_id == Practice.id)
        .where(Practice.state.in_(EVALUATED))
    ).all()
    new = [key for key, tally in practices if absent(tally) == UNKNOWN]
    is_new = case((Standing.practice_id.in_(new), 1), else_=0)
    rows = session.execute(
        select(Standing.service_id, Standing.standing, func.count(), func.sum(is_new))
        .where(Standing.practice_id.in_([key for key, _ in practices]), Standing.service_id.in_(ids))
        .group_by(Standing.service_id, Standing.standing)
    )
    count: dict[int, dict[str, int]] = {each: {UNKNOWN: len(new)} for each in ids}
    for service_id, standing, number, of_new in rows:
        count[service_id][standing] = count[service_id].get(standing, 0) + number
        count[service_id][UNKNOWN] -= of_new
    return {service_id: list(each.items()) for service_id, each in count.items()}
