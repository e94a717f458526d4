"""Exemptions for pages and steps: who decides on them, which wait, which run and which end soon."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain import exemption as rules
from app.domain import people
from app.domain.exemption import Owners
from app.domain.lifecycle import RETIRED
from app.domain.people import ADMINISTRATOR, OWNER, Actor
from app.models.adoption import Exemption
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Person, Team, membership

PAGE = 50
CELL_MAX = 20  # exemptions of one cell that its page tells of
MINE, WAITING, RUNNING, OVER = "mine", "waiting", "running", "over"
_SECTIONS = (MINE, WAITING, RUNNING, OVER)
_DECIDES = (OWNER, ADMINISTRATOR)
_Asker, _Decider = aliased(Person), aliased(Person)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the reader chose: the name of a team, the number of a practice (0: any)."""

    team: str = ""
    practice: int = 0


@dataclass(frozen=True)
class Row:
    """One exemption with its people. `section` says what it waits for."""

    exemption: Exemption
    practice_number: int
    statement: str
    service: str
    team: str | None
    team_name: str | None
    asked_by: str | None
    decided_by: str | None
    section: str

    @property
    def section_number(self) -> int:
        return _SECTIONS.index(self.section)

    @property
    def was_withdrawn(self) -> bool:
        return self.exemption.state == rules.ENDED and self.exemption.decided_at is None


def owners(session: Session, practices: Collection[Practice]) -> dict[int, Owners]:
    """Who decides on exemptions, by practice. One query."""
    wanted = {each for of in practices for each in (of.author_id, of.accepted_by_id) if each is not None}
    rows = session.execute(
        select(Person.id, Person.name)
        .where(Person.id.in_(wanted), Person.is_active, Person.role.in_(_DECIDES))
        .order_by(Person.name)
    )
    names: dict[int, str] = dict(rows.all())
    return {
        of.id: Owners(
            of.name, frozenset(names.keys() & {of.author_id, of.accepted_by_id}),
            [name for key, name in names.items() if key in (of.author_id, of.accepted_by_id)],
        )
        for of in practices
    }  # fmt: skip


def others(session: Session, of: Owners, by: Actor) -> list[str]:
    """The names of those who may decide beside this person: the practice's owners, or else administrators."""
    is_owner = Person.id.in_(of.ids) if of.ids else Person.role == OWNER
    rows = session.execute(
        select(Person.name, is_owner)
        .where(Person.is_active, Person.id != by.id, or_(Person.role == ADMINISTRATOR, is_owner))
        .order_by(Person.name)
        .limit(50)
    ).all()
    return ([name for name, is_first in rows if is_first] or [name for name, _ in rows])[:3]


def is_of_team(session: Session, person_id: int | None, team_id: int | None) -> bool:
    """Whether somebody belongs to a team."""
    if person_id is None or team_id is None:
        return False
    return bool(
        session.scalar(select(exists().where(membership.c.person_id == person_id, membership.c.team_id == team_id)))
    )


def expiring(session: Session, now: datetime) -> list[int]:
    """Ids of those that end within a week and were not announced yet. Read on an index: nearly all rows are others."""
    today = now.date()
    rows = (
        select(Exemption.id)
        .join(Practice, Practice.id == Exemption.practice_id)
        .join(Service, Service.id == Exemption.service_id)
        .where(
            Exemption.state == rules.GRANTED, Exemption.warned_at.is_(None), Practice.state != RETIRED,
            Exemption.expires_on.between(today, today + timedelta(days=rules.WARN_DAYS)), ~Service.is_retired,
        )
        .order_by(Exemption.expires_on, Exemption.id)
    )  # fmt: skip
    return list(session.scalars(rows))


def page(session: Session, by: Actor, filters: Filters, number: int, today: date) -> tuple[list[Row], int]:
    """What waits for the reader, what waits for others, what ends soonest, then the rest; and how many. Two queries."""
    where = _conditions(filters)
    total = session.scalar(
        select(func.count())
        .select_from(Exemption)
        .join(Practice, Practice.id == Exemption.practice_id)
        .join(Service, Service.id == Exemption.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .where(*where)
    )
    section = _section(by, today)
    found = session.execute(
        _rows(section)
        .where(*where)
        .order_by(
            section, case((Exemption.state == rules.ASKED, Exemption.asked_at)),
            case((section == 2, Exemption.expires_on)), Exemption.id.desc(),
        )
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )  # fmt: skip
    return [_row(each) for each in found], total or 0


def of_cell(session: Session, by: Actor, practice_id: int, service_id: int, today: date) -> list[Row]:
    """The exemptions of one cell, the latest first. One query."""
    found = session.execute(
        _rows(_section(by, today))
        .where(Exemption.practice_id == practice_id, Exemption.service_id == service_id)
        .order_by(Exemption.id.desc())
        .limit(CELL_MAX)
    )
    return [_row(each) for each in found]


def find(session: Session, by: Actor, exemption_id: int, today: date) -> Row | None:
    """One exemption, if there is one of this id."""
    found = session.execute(_rows(_section(by, today)).where(Exemption.id == exemption_id)).one_or_none()
    return _row(found) if found is not None else None


def of_service(session: Session, by: Actor, service_id: int, today: date) -> list[Row]:
    """What is asked and what runs for one service, the soonest end first. One query."""
    return _current(session, by, Exemption.service_id == service_id, today, None)


def of_team(session: Session, by: Actor, team_id: int, today: date, within_days: int = 30) -> list[Row]:
    """Open requests of a team's services, and exemptions that end soon. One query."""
    return _current(session, by, Service.team_id == team_id, today, today + timedelta(days=within_days))


def practice_choices(session: Session) -> list[tuple[int, str]]:
    """The practices that have any exemption, for a filter."""
    has_any = exists().where(Exemption.practice_id == Practice.id)
    rows = session.execute(select(Practice.number, Practice.statement).where(has_any).order_by(Practice.number))
    return [(number, f"BP-{number} {statement}") for number, statement in rows]


def _current(session: Session, by: Actor, whose: ColumnElement[bool], today: date, until: date | None) -> list[Row]:
    runs = and_(Exemption.state == rules.GRANTED, Exemption.expires_on >= today)
    if until is not None:
        runs = and_(runs, Exemption.expires_on <= until)
    section = _section(by, today)
    found = session.execute(
        _rows(section)
        .where(whose, or_(Exemption.state == rules.ASKED, runs))
        .order_by(section, Exemption.expires_on, Exemption.id)
        .limit(PAGE)
    )
    return [_row(each) for each in found]


def _rows(section: Any) -> Any:
    return (
        select(
            Exemption, Practice.number, Practice.statement, Service.name, Team.title, Team.name, _Asker.name,
            _Decider.name, section,
        )
        .select_from(Exemption)
        .join(Practice, Practice.id == Exemption.practice_id)
        .join(Service, Service.id == Exemption.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .outerjoin(_Asker, _Asker.id == Exemption.asked_by_id)
        .outerjoin(_Decider, _Decider.id == Exemption.decided_by_id)
    )  # fmt: skip


def _row(found: Any) -> Row:
    return Row(*[*found[:-1], _SECTIONS[found[-1]]])


def _section(by: Actor, today: date) -> Any:
    return case(
        (and_(Exemption.state == rules.ASKED, _waits_for(by)), 0),
        (Exemption.state == rules.ASKED, 1),
        (and_(Exemption.state == rules.GRANTED, Exemption.expires_on >= today), 2),
        else_=3,
    )


def _waits_for(by: Actor) -> ColumnElement[bool]:
    """The rule of Owners.may_decide, for the database; one's own requests wait for others."""
    if by.id is None or not people.may(by, "exempt"):
        return false()
    is_other = or_(Exemption.asked_by_id.is_(None), Exemption.asked_by_id != by.id)
    if by.role == ADMINISTRATOR:
        return is_other
    has_owner = (
        exists()
        .where(
            Person.id.in_((Practice.author_id, Practice.accepted_by_id)), Person.is_active, Person.role.in_(_DECIDES)
        )
        .correlate(Practice)
    )
    return and_(is_other, or_(Practice.author_id == by.id, Practice.accepted_by_id == by.id, ~has_owner))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.team:
        found.append(Team.name == filters.team)
    if filters.practice:
        found.append(Practice.number == filters.practice)
    return found
