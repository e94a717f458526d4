"""What ~payments means: a service, or a team; and the services that are meant by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models.catalog import Service
from app.models.person import Team, membership

SERVICE, TEAM = "service", "team"


@dataclass(frozen=True)
class Meant:
    """`kind` is service or team; `id` and `name` are its own."""

    kind: str
    id: int
    name: str
    title: str

    @property
    def selector(self) -> str:
        """The expression that means it. Names hold no quotes; whatever else is typed is refused when it is read."""
        return f'service.{"team" if self.kind == TEAM else "name"} == "{self.name}"'


def meant(session: Session, label: str) -> Meant | None:
    """The service of this name or title, or else the team; None: there is neither in use."""
    wanted = label.lower()
    for kind, of in ((SERVICE, Service), (TEAM, Team)):
        is_called = or_(of.name == label, func.lower(of.name) == wanted, func.lower(of.title) == wanted)
        rows = select(of.id, of.name, of.title).where(is_called, ~of.is_retired)
        found = session.execute(rows.order_by((of.name == label).desc(), of.id).limit(1)).one_or_none()
        if found is not None:
            return Meant(kind, *found)
    return None


def teams_of(session: Session, person_id: int | None) -> Sequence[int]:
    """The teams that somebody belongs to."""
    return session.scalars(select(membership.c.team_id).where(membership.c.person_id == person_id)).all()


def service(session: Session, value: str) -> tuple[int, str, str] | None:
    """Id, name and title of the service that a form holds: by its id, or by its name."""
    is_id = value.isascii() and value.isdecimal() and len(value) <= 18
    row = select(Service.id, Service.name, Service.title)
    found = session.execute(row.where(Service.id == int(value))).one_or_none() if is_id else None
    found = found or session.execute(row.where(Service.name == value)).one_or_none()
    return (found[0], found[1], found[2]) if found else None
