"""What waits for one person: action items, stages, practices and exemptions. As many queries for much as for little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from app.domain import exemption, people, remediation
from app.domain.lifecycle import ACCEPTED, BLOCKED, PROPOSED, RETIRED
from app.domain.people import Actor
from app.models.adoption import Exemption
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.incident import Incident
from app.models.person import Team, membership
from app.models.remediation import ActionItem
from app.models.review import Review
from app.queries import exemptions
from app.queries.board import IS_OPEN
from app.queries.visibility import may_see_incident

SOON_DAYS = 14  # an exemption that ends later asks for nothing yet


@dataclass(frozen=True)
class Item:
    """An action item: to be done by this person, or (`state` is done) to be verified by them."""

    number: int
    title: str
    state: str
    priority: str
    due_on: date
    incident: int

    def is_overdue(self, today: date) -> bool:
        return self.state == remediation.OPEN and self.due_on < today


@dataclass(frozen=True)
class Stage:
    """An open incident whose current stage waits for this person."""

    number: int
    title: str
    severity: str | None
    stage: str
    state: str
    since: datetime

    @property
    def is_blocked(self) -> bool:
        return self.state == BLOCKED


@dataclass(frozen=True)
class Rule:
    """A practice that this person may accept, or that they own and that has no check yet."""

    number: int
    statement: str
    state: str


@dataclass(frozen=True)
class Excuse:
    """An exemption that ends soon, or (`is_asked`) that this person decides on."""

    practice: int
    service: str
    team: str | None
    expires_on: date
    is_asked: bool


@dataclass(frozen=True)
class Mine:
    """The first of each kind, and how many there are of it."""

    items: Sequence[Item]
    items_total: int
    stages: Sequence[Stage]
    stages_total: int
    rules: Sequence[Rule]
    rules_total: int
    excuses: Sequence[Excuse]
    excuses_total: int

    @property
    def total(self) -> int:
        return self.items_total + self.stages_total + self.rules_total + self.excuses_total


def read(session: Session, by: Actor, today: date, most: int) -> Mine:
    """At most so many of each kind, what presses most first. Six queries."""
    items = _counted(session, _items(by), most)
    stages = _counted(session, _stages(by), most)
    rules = _counted(session, _rules(by), most)
    decide = [each for each in exemptions.page(session, by, exemptions.Filters(), 1, today)[0]
              if each.section == exemptions.MINE]  # fmt: skip
    ending = _counted(session, _ending(by, today), most)
    excuses = [
        *(Excuse(each.practice_number, each.service, each.team_name, each.exemption.expires_on,
                 is_asked=True)
          for each in decide),
        *(Excuse(practice, service, team, on, is_asked=False) for practice, service, team, on in ending[0]),
    ]  # fmt: skip
    return Mine(
        [Item(*row) for row in items[0]], items[1], [Stage(*row) for row in stages[0]], stages[1],
        [Rule(*row) for row in rules[0]], rules[1], excuses[:most], len(decide) + ending[1],
    )  # fmt: skip


def _counted(session: Session, rows: Any, most: int) -> tuple[list[Any], int]:
    """The first rows, and how many there are: told beside each, so that no second question is needed."""
    found = session.execute(rows.add_columns(func.count().over()).limit(most)).all()
    return [row[:-1] for row in found], found[0][-1] if found else 0


def _items(by: Actor) -> Any:
    leads = or_(Incident.commander_id == by.id, Review.facilitator_id == by.id)
    is_done = ActionItem.state == remediation.ITEM_DONE
    to_do = and_(ActionItem.owner_id == by.id, ActionItem.state == remediation.OPEN)
    to_verify = and_(is_done, leads, ActionItem.owner_id != by.id) if people.may(by, "verify") else false()
    return (
        select(
            ActionItem.number, ActionItem.title, ActionItem.state, ActionItem.priority, ActionItem.due_on,
            Incident.number,
        )
        .join(Incident, Incident.id == ActionItem.incident_id)
        .outerjoin(Review, Review.incident_id == Incident.id)
        .where(or_(to_do, to_verify), may_see_incident(by))
        .order_by(case((is_done, 1), else_=0), ActionItem.due_on, ActionItem.number)
    )  # fmt: skip


def _stages(by: Actor) -> Any:
    return (
        select(
            Incident.number, Incident.title, Incident.severity, Incident.stage, Incident.state,
            Incident.stage_entered_at,
        )
        .outerjoin(Review, Review.incident_id == Incident.id)
        .where(IS_OPEN, may_see_incident(by), waits_for(by))
        .order_by(Incident.stage_entered_at, Incident.id)
    )  # fmt: skip


def waits_for(by: Actor) -> ColumnElement[bool]:
    """Of an incident with its review: its stage waits for this person; the same rule as `waiting.waits_for`."""
    return or_(
        and_(Incident.stage.in_(("incident", "resolution")), Incident.commander_id == by.id),
        and_(Incident.stage.in_(("review", "analysis")), Review.facilitator_id == by.id),
    )


def _rules(by: Actor) -> Any:
    is_author = Practice.author_id == by.id
    is_other = or_(Practice.author_id.is_(None), Practice.author_id != by.id)
    to_accept = and_(Practice.state == PROPOSED, is_other) if people.may(by, "accept") else false()
    to_check = and_(Practice.state == ACCEPTED, or_(is_author, Practice.accepted_by_id == by.id))
    return (
        select(Practice.number, Practice.statement, Practice.state)
        .where(or_(to_accept, to_check))
        .order_by(Practice.state_since, Practice.id)
    )


def _ending(by: Actor, today: date) -> Any:
    """Those of the services of this person's teams."""
    teams = select(membership.c.team_id).where(membership.c.person_id == by.id)
    return (
        select(Practice.number, Service.name, Team.name, Exemption.expires_on)
        .select_from(Exemption)
        .join(Practice, Practice.id == Exemption.practice_id)
        .join(Service, Service.id == Exemption.service_id)
        .join(Team, Team.id == Service.team_id)
        .where(
            Exemption.state == exemption.GRANTED, Service.team_id.in_(teams), ~Service.is_retired,
            Practice.state != RETIRED, Exemption.expires_on.between(today, today + timedelta(days=SOON_DAYS)),
        )
        .order_by(Exemption.expires_on, Exemption.id)
    )  # fmt: skip
