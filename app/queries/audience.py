"""For whom a weekly report is made: everyone, a team, or a subscriber; and as whom its figures are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.people import Actor
from app.domain.report import EVERYONE
from app.models.catalog import Service
from app.models.person import Person, Team, membership
from app.models.report import Subscription
from app.queries.known import PUBLIC

MINE = "mine"
TEAM, PERSON = "team:", "person:"


@dataclass(frozen=True)
class Audience:
    """`key` is what is kept ("all", "team:3", "person:5"); `about` what people write ("all", "team:shop", "mine").
    Its figures are read as `by`: reports that many read know of no private incident. `team_ids`: None is everyone."""

    key: str
    about: str
    title: str
    zone: str
    by: Actor
    team_ids: frozenset[int] | None = None
    teams: Sequence[str] | None = None

    @property
    def path(self) -> str:
        """What follows the week in the path of its page."""
        if self.key == EVERYONE:
            return ""
        return f"/teams/{self.about.removeprefix(TEAM)}" if self.key.startswith(TEAM) else f"/{MINE}"


def everyone(zone: str) -> Audience:
    return Audience(EVERYONE, EVERYONE, "Everyone", zone, PUBLIC)


def named(session: Session, by: Actor, about: str, zone: str) -> Audience:
    """What somebody means by "all", "team:shop" or "mine"; `zone` is that of the company. NotFound, in words."""
    if about == EVERYONE:
        return everyone(zone)
    if about == MINE:
        found = _of_people(session, by.id) if by.id is not None else []
        if not found:
            raise NotFound("You have no weekly report of your own yet. Choose what it is about under Account, Reports.")
        return found[0]
    name = about.removeprefix(TEAM)
    team = session.scalar(select(Team).where(Team.name == name))
    if team is None or not about.startswith(TEAM):
        raise NotFound(f"There is no team {name}.")
    return _team(team)


def current(session: Session, zone: str) -> list[Audience]:
    """All that are to get a report now: everyone, each team that owns a service, each active subscriber. Three or four
    queries."""
    owns = exists().where(Service.team_id == Team.id, ~Service.is_retired)
    teams = session.scalars(select(Team).where(~Team.is_retired, owns).order_by(Team.id))
    return [everyone(zone), *map(_team, teams), *_of_people(session)]


def of_key(session: Session, key: str, zone: str) -> Audience:
    """The audience of a report that is kept. NotFound: a person has given up the subscription."""
    if key == EVERYONE:
        return everyone(zone)
    if key.startswith(TEAM):
        return _team(session.get_one(Team, int(key.removeprefix(TEAM))))
    found = _of_people(session, int(key.removeprefix(PERSON)))
    if not found:
        raise NotFound("This person has no weekly report of their own any more.")
    return found[0]


def _team(team: Team) -> Audience:
    return Audience(
        f"{TEAM}{team.id}", f"{TEAM}{team.name}", team.title, team.time_zone, PUBLIC, frozenset({team.id}), [team.title]
    )


def _of_people(session: Session, person_id: int | None = None) -> list[Audience]:
    rows = select(Subscription, Person).join(Person, Person.id == Subscription.person_id).where(Person.is_active)
    if person_id is not None:
        rows = rows.where(Person.id == person_id)
    found = session.execute(rows.order_by(Person.id)).all()
    wanted = {each for row, _ in found for each in row.about}
    ids = [int(each.removeprefix(TEAM)) for each in wanted if each.startswith(TEAM)]
    teams = {each.id: each.title for each in session.scalars(select(Team).where(Team.id.in_(ids)))} if ids else {}
    belongs: dict[int, set[int]] = {}
    if found:
        members = membership.c.person_id.in_([person.id for _, person in found])
        for team_id, key in session.execute(select(membership.c.team_id, membership.c.person_id).where(members)):
            belongs.setdefault(key, set()).add(team_id)
    return [_person(row, person, teams, belongs.get(person.id, set())) for row, person in found if row.about]


def _person(row: Subscription, person: Person, titles: dict[int, str], belongs: set[int]) -> Audience:
    by = Actor(person.id, person.name, person.role, frozenset(belongs))
    key = f"{PERSON}{person.id}"
    if EVERYONE in row.about:
        return Audience(key, MINE, "Everyone, as you see it", person.time_zone, by)
    ids = frozenset(int(each.removeprefix(TEAM)) for each in row.about) & titles.keys()
    names = sorted((titles[each] for each in ids), key=str.lower)
    return Audience(key, MINE, ", ".join(names), person.time_zone, by, frozenset(ids), names)
