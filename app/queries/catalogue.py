"""Teams, services and people, for choices in forms and for the pages of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.catalog import Service
from app.models.incident import incident_service
from app.models.person import Person, Team

OFFERED_MAX = 1_000  # more names than that help nobody in a list; typing a name still works


def team_names(session: Session) -> list[tuple[str, str]]:
    """Name and title of each team, by title."""
    return [(name, title) for name, title in session.execute(select(Team.name, Team.title).order_by(Team.title))]


def team_choices(session: Session) -> list[tuple[str, str]]:
    """Teams for a select, with "no team" first."""
    rows = session.execute(select(Team.id, Team.title).order_by(Team.title))
    return [("", "No team"), *((str(key), title) for key, title in rows)]


def person_choices(session: Session, none: str = "Nobody yet", keep: int | None = None) -> list[tuple[str, str]]:
    """Active people for a select, with nobody first. `keep` stays choosable although inactive."""
    rows = session.execute(
        select(Person.id, Person.name).where(Person.is_active | (Person.id == keep)).order_by(Person.name)
    )
    return [("", none), *((str(key), name) for key, name in rows)]


def service_names(session: Session) -> list[str]:
    """The names that a form offers while typing."""
    rows = select(Service.name).where(~Service.is_retired).order_by(Service.tier, Service.name).limit(OFFERED_MAX)
    return sorted(session.scalars(rows))


def service_ids(session: Session, names: Sequence[str]) -> dict[str, int]:
    """Ids by name, for those that there are."""
    rows = session.execute(select(Service.name, Service.id).where(Service.name.in_(names)))
    return {row[0]: row[1] for row in rows}


def affected(session: Session, incident_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the services that incidents affect, by incident."""
    found: dict[int, list[str]] = {}
    for incident_id, name in session.execute(
        select(incident_service.c.incident_id, Service.name)
        .join(Service, Service.id == incident_service.c.service_id)
        .where(incident_service.c.incident_id.in_(incident_ids))
        .order_by(Service.name)
    ):
        found.setdefault(incident_id, []).append(name)
    return found
