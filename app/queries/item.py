"""One action item by its number, for whoever names it without its incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain.errors import NotFound
from app.domain.people import Actor
from app.models.incident import Incident
from app.models.person import Person
from app.models.remediation import ActionItem
from app.queries.visibility import may_see_incident


@dataclass(frozen=True)
class ItemPage:
    """An action item, the number of its incident, and the names of its people."""

    number: int
    title: str
    state: str
    due_on: date
    why: str
    owner_id: int
    owner: str
    verifier: str | None
    incident_number: int

    @property
    def name(self) -> str:
        return f"ACT-{self.number}"


def load(session: Session, number: int, by: Actor) -> ItemPage:
    """NotFound: there is none, or this person may not know of its incident."""
    owner, verifier = aliased(Person), aliased(Person)
    found = session.execute(
        select(
            ActionItem.number, ActionItem.title, ActionItem.state, ActionItem.due_on, ActionItem.why,
            ActionItem.owner_id, owner.name, verifier.name, Incident.number,
        )
        .join(Incident, Incident.id == ActionItem.incident_id)
        .join(owner, owner.id == ActionItem.owner_id)
        .outerjoin(verifier, verifier.id == ActionItem.verified_by_id)
        .where(ActionItem.number == number, may_see_incident(by))
    ).first()  # fmt: skip
    if found is None:
        raise NotFound(f"There is no ACT-{number}, or you may not see it.")
    return ItemPage(*found)
