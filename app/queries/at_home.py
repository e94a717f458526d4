"""What somebody sees first: the open incidents, theirs first, and how far the services of their teams are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from app.domain import adoption as rules
from app.domain.adoption import Progress, progress
from app.domain.lifecycle import ACCEPTED, ADOPTED, RETIRED
from app.domain.people import Actor
from app.models.adoption import Standing, Tally
from app.models.best_practice import Practice, incident_practice
from app.models.catalog import Service
from app.models.incident import Incident
from app.models.person import Person, Team, membership
from app.models.review import Review
from app.queries import waiting
from app.queries.board import IS_OPEN
from app.queries.practice import EVALUATED
from app.queries.visibility import is_insider, may_see_incident

_Commander, _Facilitator = aliased(Person), aliased(Person)

# What an incident waits for no more at its stage; a retired practice is no practice to go on with.
READY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "best_practice": frozenset({ACCEPTED, *EVALUATED, RETIRED}),
        "automation": frozenset({*EVALUATED, RETIRED}),
        "adoption": frozenset({ADOPTED, RETIRED}),
    }
)


@dataclass(frozen=True)
class Open:
    """An open incident. `is_mine`: this person declared it, leads it, chairs its review or was let in.
    `practices`: the numbers of those that its stage waits for."""

    number: int
    title: str
    severity: str | None
    stage: str
    state: str
    is_private: bool
    declared_at: datetime
    is_mine: bool
    waits_for: str
    practices: Sequence[int]


@dataclass(frozen=True)
class Owned:
    """A practice, on how many services of one's teams it is `to_do` (not adopted, or unknown), out of those that it
    applies to (`applicable`); `everywhere` is its adoption by all."""

    number: int
    statement: str
    to_do: int
    applicable: int
    everywhere: Progress


@dataclass(frozen=True)
class Teams:
    """Names and titles of one's teams; the practices with most to do first, and how many have something to do."""

    teams: Sequence[tuple[str, str]]
    practices: Sequence[Owned]
    practices_total: int


def incidents(session: Session, by: Actor, *, skip: int, most: int) -> tuple[list[Open], int]:
    """One page, and how many there are in all. At most six queries."""
    seen = (IS_OPEN, may_see_incident(by))
    total = session.scalar(select(func.count()).select_from(Incident).where(*seen)) or 0
    is_mine: Any = case((is_insider(by.id), 1), else_=0) if by.id is not None else case((Incident.id < 0, 1), else_=0)
    rows = session.execute(
        select(
            Incident.id, Incident.number, Incident.title, Incident.severity, Incident.stage, Incident.state,
            Incident.is_private, Incident.declared_at, is_mine.label("is_mine"), _Commander.name.label("commander"),
            _Facilitator.name.label("facilitator"),
        )
        .outerjoin(_Commander, _Commander.id == Incident.commander_id)
        .outerjoin(Review, Review.incident_id == Incident.id)
        .outerjoin(_Facilitator, _Facilitator.id == Review.facilitator_id)
        .where(*seen)
        .order_by(is_mine.desc(), Incident.declared_at.desc(), Incident.id.desc())
        .limit(most)
        .offset(skip)
    ).all()  # fmt: skip
    waits, practices = waiting.waits_for(session, rows), _practices(session, {row.id: row.stage for row in rows})
    return [_open(row, waits, practices) for row in rows], total


def _practices(session: Session, stages: Mapping[int, str]) -> dict[int, list[int]]:
    """Of each incident at such a stage, by id, the linked practices that are not ready for the next one."""
    ids = [key for key, stage in stages.items() if stage in READY]
    rows = session.execute(
        select(incident_practice.c.incident_id, Practice.number, Practice.state)
        .join(Practice, Practice.id == incident_practice.c.practice_id)
        .where(incident_practice.c.incident_id.in_(ids))
        .order_by(Practice.number)
    )
    found: dict[int, list[int]] = {}
    for incident_id, number, state in rows:
        if state not in READY[stages[incident_id]]:
            found.setdefault(incident_id, []).append(number)
    return found


def _open(row: Any, waits: Mapping[int, str], practices: Mapping[int, Sequence[int]]) -> Open:
    return Open(
        row.number, row.title, row.severity, row.stage, row.state, row.is_private, row.declared_at,
        bool(row.is_mine), waits.get(row.id, ""), practices.get(row.id, ()),
    )  # fmt: skip


def teams(session: Session, by: Actor, *, most: int) -> Teams:
    """Two queries. Each cell is looked up by practice and service: there is no index of cells by service alone."""
    of_person = select(membership.c.team_id).where(membership.c.person_id == by.id)
    mine = session.execute(
        select(Team.name, Team.title).where(Team.id.in_(of_person), ~Team.is_retired).order_by(Team.title)
    ).all()
    to_do = func.sum(case((Standing.standing.in_(rules.WANTING), 1), else_=0))
    applicable = func.sum(case((Standing.standing.in_((rules.ADOPTED, *rules.WANTING)), 1), else_=0))
    kept = [getattr(Tally, name) for name in rules.COUNTED]
    found = session.execute(
        select(
            Practice.number, Practice.statement, Practice.target_percent, to_do, applicable, func.count().over(), *kept
        )
        .select_from(Practice)
        .join(Tally, Tally.practice_id == Practice.id)
        .join(Service, and_(Service.team_id.in_(of_person), ~Service.is_retired))
        .join(Standing, and_(Standing.practice_id == Practice.id, Standing.service_id == Service.id))
        .where(Practice.state.in_(EVALUATED))
        .group_by(Practice.id, Practice.number, Practice.statement, Practice.target_percent, Tally.practice_id, *kept)
        .having(to_do > 0)
        .order_by(to_do.desc(), Practice.number)
        .limit(most)
    ).all()
    return Teams([(name, title) for name, title in mine], [_owned(row) for row in found], found[0][5] if found else 0)


def _owned(row: Any) -> Owned:
    number, statement, target, to_do, applicable, _, *kept = row
    everywhere = progress(f"BP-{number}", zip(rules.COUNTED, kept, strict=True), target)
    return Owned(number, statement, int(to_do), int(applicable), everywhere)
