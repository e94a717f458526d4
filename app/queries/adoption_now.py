"""Adoption at this moment, of everybody or of one team, and what needs somebody: what is told until a weekly report
exists. A fixed number of queries, whatever there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from app.domain import adoption as rules
from app.domain import remediation
from app.domain.adoption import Progress, progress
from app.domain.lifecycle import PROPOSED
from app.domain.people import Actor
from app.models.adoption import Slip, Standing, Tally
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.incident import Incident, incident_service
from app.models.person import Team
from app.models.remediation import ActionItem
from app.models.review import Review
from app.queries.board import IS_OPEN
from app.queries.matrix import COUNTED_MAX
from app.queries.practice import EVALUATED
from app.queries.visibility import may_see_incident

SLIP_DAYS = 7


@dataclass(frozen=True)
class TeamLine:
    """How far one team's services are, over all practices that are measured."""

    name: str
    title: str
    adoption: Progress


@dataclass(frozen=True)
class Slipped:
    practice: int
    service: str
    at: datetime
    is_recovered: bool


@dataclass(frozen=True)
class Needs:
    """How many things need somebody: of incidents only those that the reader may know of."""

    without_commander: int
    without_facilitator: int
    overdue_items: int
    to_accept: int


@dataclass(frozen=True)
class Now:
    """`whole` is None where it cannot be known: nothing is measured, or there are too many cells to count (`is_large`).
    `teams` is empty then; the furthest from adoption come first."""

    practices: int
    whole: Progress | None
    teams: Sequence[TeamLine]
    slips: Sequence[Slipped]
    slips_total: int
    needs: Needs
    is_large: bool


def read(session: Session, by: Actor, team_id: int | None, *, now: datetime, today: date, most: int) -> Now:
    """Everything, or what one team owns. Six queries."""
    practices, sums = _kept(session)
    services = session.scalar(select(func.count()).select_from(Service).where(*_owned(team_id))) or 0
    is_large = practices * services > COUNTED_MAX
    teams = [] if is_large else _teams(session, team_id)
    whole = sums if practices and team_id is None else None
    if teams and team_id is not None:
        whole = teams[0].adoption
    slips, total = _slips(session, now, team_id, most)
    return Now(practices, whole, teams, slips, total, _needs(session, by, today, team_id), is_large)


def _kept(session: Session) -> tuple[int, Progress]:
    """How many practices are measured, and their tallies added up."""
    columns = [func.coalesce(func.sum(getattr(Tally, name)), 0) for name in rules.COUNTED]
    count, *sums = session.execute(
        select(func.count(), *columns)
        .select_from(Tally)
        .join(Practice, Practice.id == Tally.practice_id)
        .where(Practice.state.in_(EVALUATED))
    ).one()
    return count, progress("", zip(rules.COUNTED, map(int, sums), strict=True), 100)


def _owned(team_id: int | None) -> list[Any]:
    return [~Service.is_retired, *([Service.team_id == team_id] if team_id is not None else [])]


def _teams(session: Session, team_id: int | None) -> list[TeamLine]:
    """Each cell is looked up by practice and service: there is no index of cells by service alone."""
    rows = session.execute(
        select(Team.name, Team.title, Standing.standing, func.count())
        .select_from(Practice)
        .join(Service, true())
        .join(Team, Team.id == Service.team_id)
        .join(Standing, and_(Standing.practice_id == Practice.id, Standing.service_id == Service.id))
        .where(Practice.state.in_(EVALUATED), *_owned(team_id))
        .group_by(Team.name, Team.title, Standing.standing)
    )
    counts: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for name, title, standing, count in rows:
        counts.setdefault((name, title), []).append((standing, count))
    found = [TeamLine(name, title, progress(title, count, 100)) for (name, title), count in counts.items()]
    return sorted(
        (each for each in found if each.adoption.applicable),
        key=lambda each: (each.adoption.adopted / each.adoption.applicable, each.title.lower()),
    )


def _slips(session: Session, now: datetime, team_id: int | None, most: int) -> tuple[list[Slipped], int]:
    found = session.execute(
        select(Practice.number, Service.name, Slip.at, Slip.recovered_at.is_not(None), func.count().over())
        .select_from(Slip)
        .join(Practice, Practice.id == Slip.practice_id)
        .join(Service, Service.id == Slip.service_id)
        .where(Slip.at >= now - timedelta(days=SLIP_DAYS), *_owned(team_id))
        .order_by(Slip.recovered_at.is_not(None), Slip.at.desc(), Slip.id.desc())
        .limit(most)
    ).all()
    return [Slipped(*row[:-1]) for row in found], found[0][-1] if found else 0


def _needs(session: Session, by: Actor, today: date, team_id: int | None) -> Needs:
    """Four counts in one question."""
    seen = [may_see_incident(by)]
    if team_id is not None:
        affected = (
            select(incident_service.c.incident_id)
            .join(Service, Service.id == incident_service.c.service_id)
            .where(Service.team_id == team_id)
        )
        seen.append(Incident.id.in_(affected))
    incidents = select(func.count()).select_from(Incident).outerjoin(Review, Review.incident_id == Incident.id)
    leaderless = and_(Incident.stage.in_(("incident", "resolution")), Incident.commander_id.is_(None))
    unchaired = and_(Incident.stage.in_(("review", "analysis")), Review.facilitator_id.is_(None))
    overdue = (
        select(func.count())
        .select_from(ActionItem)
        .join(Incident, Incident.id == ActionItem.incident_id)
        .where(ActionItem.state == remediation.OPEN, ActionItem.due_on < today, *seen)
    )
    proposed = select(func.count()).select_from(Practice).where(Practice.state == PROPOSED)
    found = session.execute(
        select(
            incidents.where(IS_OPEN, leaderless, *seen).scalar_subquery(),
            incidents.where(IS_OPEN, unchaired, *seen).scalar_subquery(),
            overdue.scalar_subquery(),
            proposed.scalar_subquery(),
        )
    ).one()
    return Needs(*found)
