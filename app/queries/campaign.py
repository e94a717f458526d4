"""Campaigns for pages: those that run with their burn-up, those that are done, and one with its services to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.domain import campaign as rules
from app.domain.adoption import ADOPTED, NOT_ADOPTED, UNKNOWN
from app.domain.campaign import Day, Forecast
from app.domain.errors import NotFound
from app.domain.gap import GAPS
from app.domain.impact import Impact
from app.domain.people import Actor
from app.models.adoption import Campaign, Standing
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Person, Team
from app.queries import burn_up, impact

PAGE = 50
RUNNING_MAX = 50  # campaigns that run at once and are shown with a burn-up


@dataclass(frozen=True)
class Row:
    """A campaign with its practice, and how far it was on each day so far."""

    campaign: Campaign
    practice: Practice
    owner: str
    days: Sequence[Day] = field(default_factory=list)

    @property
    def last(self) -> Day | None:
        """Where it is now, or was when it closed. None: it has not begun."""
        return self.days[-1] if self.days else None

    @property
    def needed(self) -> int | None:
        """How many services the target asks for."""
        return rules.needed(self.campaign.target_percent, self.last.applicable) if self.last else None

    @property
    def forecast(self) -> Forecast | None:
        of = self.campaign
        return rules.forecast(self.days, of.target_percent, of.ends_on) if of.state == rules.RUNNING else None

    @property
    def is_at_risk(self) -> bool:
        of = self.campaign
        if of.state != rules.RUNNING:
            return False
        return rules.is_at_risk(self.days, of.starts_on, of.ends_on, of.target_percent)

    def ideal(self, on: date) -> float:
        of = self.campaign
        return rules.ideal(self.days, of.starts_on, of.ends_on, of.target_percent, on)


@dataclass(frozen=True)
class ToGo:
    """A service that has not adopted the practice of a campaign."""

    service: str
    tier: int
    team: str | None
    team_name: str | None
    standing: str
    since: datetime
    message: str
    impact: Impact


@dataclass(frozen=True)
class Part:
    """A campaign as one team sees it: how many of its services have adopted, of how many it applies to."""

    id: int
    number: int
    statement: str
    target_percent: int
    ends_on: date
    adopted: int
    applicable: int


def running(session: Session, now: datetime) -> tuple[list[Row], int]:
    """Campaigns that run: at risk first, then by their last day; and how many there are. Four queries."""
    is_running = Campaign.state == rules.RUNNING
    total = session.scalar(select(func.count()).select_from(Campaign).where(is_running)) or 0
    found = session.execute(_rows().where(is_running).order_by(Campaign.ends_on, Campaign.id).limit(RUNNING_MAX)).all()
    rows = _with_days(session, found, now)
    return sorted(rows, key=lambda each: (not each.is_at_risk, each.campaign.ends_on, each.campaign.id)), total


def done(session: Session, page: int) -> tuple[list[Row], int]:
    """One page of campaigns that are closed, the latest first; and how many there are. Two queries."""
    is_done = Campaign.state != rules.RUNNING
    total = session.scalar(select(func.count()).select_from(Campaign).where(is_done)) or 0
    found = session.execute(
        _rows()
        .where(is_done)
        .order_by(Campaign.closed_at.desc(), Campaign.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Row(*each) for each in found], total


def find(session: Session, campaign_id: int, now: datetime) -> Row:
    """One campaign with its burn-up; three queries. NotFound: there is none of this id."""
    found = session.execute(_rows().where(Campaign.id == campaign_id)).all()
    if not found:
        raise NotFound("There is no such campaign.")
    return _with_days(session, found, now)[0]


def of_practice(session: Session, practice_id: int, now: datetime) -> Row | None:
    """The campaign of a practice: the one that runs, or else the last one. Three queries."""
    found = session.execute(
        _rows()
        .where(Campaign.practice_id == practice_id)
        .order_by(Campaign.state != rules.RUNNING, Campaign.id.desc())
        .limit(1)
    ).all()
    return _with_days(session, found, now)[0] if found else None


def to_go(session: Session, by: Actor, practice: Practice, page: int) -> tuple[list[ToGo], int]:
    """The services that have not adopted a practice: what matters most first, and how many there are. Two queries."""
    is_gap = (Standing.practice_id == practice.id, Standing.standing.in_(GAPS), ~Service.is_retired)
    total = (
        session.scalar(
            select(func.count()).select_from(Standing).join(Service, Service.id == Standing.service_id).where(*is_gap)
        )
        or 0
    )
    behind = impact.scored(impact.met_by(by, practice))
    rows = session.execute(
        select(
            Service.name, Service.tier, Team.title, Team.name, Standing.standing, Standing.since, Standing.message,
            behind.c.incidents, behind.c.minutes, behind.c.unknown, behind.c.typical,
        )
        .select_from(Standing)
        .join(Service, Service.id == Standing.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .outerjoin(behind, behind.c.service_id == Standing.service_id)
        .where(*is_gap)
        .order_by(
            impact.score(behind).desc(), func.coalesce(behind.c.incidents, 0).desc(), Service.tier, Service.name
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )  # fmt: skip
    return [ToGo(*[*row[:-4], impact.read(row[-4:])]) for row in rows], total


def by_team(session: Session, practice_id: int) -> list[tuple[str | None, str | None, int, int]]:
    """Title and name of each team, how many of its services are to go, and to how many it applies; most first."""
    left = func.sum(case((Standing.standing.in_(GAPS), 1), else_=0))
    rows = session.execute(
        select(Team.title, Team.name, left, func.count())
        .select_from(Standing)
        .join(Service, Service.id == Standing.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .where(
            Standing.practice_id == practice_id, Standing.standing.in_((ADOPTED, NOT_ADOPTED, UNKNOWN)),
            ~Service.is_retired,
        )
        .group_by(Team.id, Team.title, Team.name)
        .order_by(left.desc(), Team.title)
    )  # fmt: skip
    return [(title, name, int(count), total) for title, name, count, total in rows]


def of_team(session: Session, team_id: int) -> list[Part]:
    """The campaigns that run and apply to any service of a team, the soonest end first. One query."""
    adopted = func.sum(case((Standing.standing == ADOPTED, 1), else_=0))
    rows = session.execute(
        select(
            Campaign.id, Practice.number, Practice.statement, Campaign.target_percent, Campaign.ends_on, adopted,
            func.count(),
        )
        .select_from(Campaign)
        .join(Practice, Practice.id == Campaign.practice_id)
        .join(Service, Service.team_id == team_id)
        .join(Standing, (Standing.practice_id == Campaign.practice_id) & (Standing.service_id == Service.id))
        .where(
            Campaign.state == rules.RUNNING, ~Service.is_retired,
            Standing.standing.in_((ADOPTED, NOT_ADOPTED, UNKNOWN)),
        )
        .group_by(
            Campaign.id, Practice.number, Practice.statement, Campaign.target_percent, Campaign.ends_on
        )
        .order_by(Campaign.ends_on, Campaign.id)
    )  # fmt: skip
    return [Part(*[*row[:-2], int(row[-2]), row[-1]]) for row in rows]


def _rows() -> Any:
    return (
        select(Campaign, Practice, Person.name)
        .join(Practice, Practice.id == Campaign.practice_id)
        .join(Person, Person.id == Campaign.owner_id)
    )


def _with_days(session: Session, found: Sequence[Any], now: datetime) -> list[Row]:
    days = burn_up.of_campaigns(session, [each[0] for each in found], now)
    return [Row(*[*each, days[each[0].id]]) for each in found]
