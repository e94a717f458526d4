"""People and teams for their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.people import ADMINISTRATOR
from app.models.catalog import Service
from app.models.person import Person, Team, membership

PAGE = 50


@dataclass(frozen=True)
class TeamRow:
    """A team in a list."""

    team: Team
    services: int
    members: int


@dataclass(frozen=True)
class PersonRow:
    """A person with the titles of their teams."""

    person: Person
    teams: Sequence[str]


def teams(session: Session, number: int) -> tuple[list[TeamRow], int]:
    """One page of teams by title, with how many services and people each has; and how many teams there are."""
    total = session.scalar(select(func.count()).select_from(Team)) or 0
    owned = (
        select(func.count())
        .select_from(Service)
        .where(Service.team_id == Team.id, ~Service.is_retired)
        .correlate(Team)
        .scalar_subquery()
    )
    people = (
        select(func.count())
        .select_from(membership)
        .join(Person, Person.id == membership.c.person_id)
        .where(membership.c.team_id == Team.id, Person.is_active)
        .correlate(Team)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Team, owned, people).order_by(func.lower(Team.title), Team.id).limit(PAGE).offset((number - 1) * PAGE)
    )
    return [TeamRow(*row) for row in rows], total


def find_team(session: Session, name: str) -> Team:
    """One team. NotFound: there is none of this name."""
    team = session.scalar(select(Team).where(Team.name == name))
    if team is None:
        raise NotFound(f"There is no team {name}.")
    return team


def members(session: Session, team_id: int) -> list[Person]:
    """The active people of a team."""
    rows = (
        select(Person)
        .join(membership, membership.c.person_id == Person.id)
        .where(membership.c.team_id == team_id, Person.is_active)
        .order_by(Person.name, Person.id)
    )
    return list(session.scalars(rows))


def page(session: Session, words: str, number: int) -> tuple[list[PersonRow], int]:
    """One page of people: active ones first, by name; and how many there are in all. Three queries."""
    conditions = [
        or_(Person.name.icontains(word, autoescape=True), Person.email.icontains(word, autoescape=True))
        for word in words.split()[:8]
    ]
    total = session.scalar(select(func.count()).select_from(Person).where(*conditions)) or 0
    found = session.scalars(
        select(Person)
        .where(*conditions)
        .order_by(Person.is_active.desc(), func.lower(Person.name), Person.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    titles: dict[int, list[str]] = {}
    for person_id, title in session.execute(
        select(membership.c.person_id, Team.title)
        .join(Team, Team.id == membership.c.team_id)
        .where(membership.c.person_id.in_([each.id for each in found]))
        .order_by(Team.title)
    ):
        titles.setdefault(person_id, []).append(title)
    return [PersonRow(each, titles.get(each.id, [])) for each in found], total


def find(session: Session, person_id: int) -> Person:
    """One person. NotFound: there is none of this id."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def by_email(session: Session, email: str) -> Person:
    """One person by address. NotFound: nobody has it."""
    address = email.strip().lower()
    person = session.scalar(select(Person).where(Person.email == address))
    if person is None:
        raise NotFound(f"There is nobody with the address {address}.")
    return person


def teams_of(session: Session, person_id: int) -> list[Team]:
    """The teams of one person."""
    rows = (
        select(Team)
        .join(membership, membership.c.team_id == Team.id)
        .where(membership.c.person_id == person_id)
        .order_by(func.lower(Team.title), Team.id)
    )
    return list(session.scalars(rows))


def team_choices(session: Session) -> list[tuple[int, str]]:
    """Every team, for a form in which several may be chosen."""
    rows = session.execute(select(Team.id, Team.title).order_by(func.lower(Team.title), Team.id))
    return [(key, title) for key, title in rows]


def first_administrator(session: Session) -> Person | None:
    """The active administrator who was there first."""
    rows = select(Person).where(Person.role == ADMINISTRATOR, Person.is_active).order_by(Person.id).limit(1)
    return session.scalar(rows)
