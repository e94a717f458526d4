"""What a label names: the team or the service that is called so, whatever the case."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models.catalog import Service
from app.models.person import Team

TEAM, SERVICE = "team", "service"


@dataclass(frozen=True)
class Labelled:
    """`kind` is team or service; `name` is the one of the catalogue."""

    kind: str
    id: int
    name: str
    title: str


def find(session: Session, label: str) -> Labelled | None:
    """A team of this name or title, else such a service. Two queries at most."""
    wanted = label.strip().lower()
    for kind, of in ((TEAM, Team), (SERVICE, Service)):
        rows = select(of.id, of.name, of.title).where(
            or_(func.lower(of.name) == wanted, func.lower(of.title) == wanted), ~of.is_retired
        )
        found = session.execute(rows.order_by(of.id).limit(1)).first()
        if found:
            return Labelled(kind, *found)
    return None
