"""The action items of one incident for its pages, and who may verify one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.errors import NotFound
from app.domain.people import ADMINISTRATOR, MAY, ROLES
from app.domain.remediation import DROPPED, ITEM_DONE, OPEN, PRIORITIES, VERIFIED
from app.models.incident import Incident, incident_reader
from app.models.person import Person
from app.models.remediation import ActionItem
from app.models.review import Review

STATES = (OPEN, ITEM_DONE, VERIFIED, DROPPED)  # what asks for somebody's work comes first
VERIFIERS = ROLES[ROLES.index(MAY["verify"][0]) :]
_Owner, _Verifier = aliased(Person), aliased(Person)
_ITEMS: Any = (
    select(ActionItem, _Owner.name, _Verifier.name)
    .join(_Owner, _Owner.id == ActionItem.owner_id)
    .outerjoin(_Verifier, _Verifier.id == ActionItem.verified_by_id)
)


@dataclass(frozen=True)
class Item:
    """An action item with the names of its people."""

    row: ActionItem
    owner: str
    verifier: str | None

    def is_overdue(self, today: date) -> bool:
        return self.row.state == OPEN and self.row.due_on < today


@dataclass(frozen=True)
class Counts:
    """How many items stand where; all that a person wants to know before reading them."""

    by_state: dict[str, int]
    overdue: int


def items(session: Session, incident_id: int) -> list[Item]:
    """What is open first, then by priority and due date. One query."""
    found = [Item(*row) for row in session.execute(_ITEMS.where(ActionItem.incident_id == incident_id))]
    return sorted(
        found,
        key=lambda each: (
            STATES.index(each.row.state), PRIORITIES.index(each.row.priority), each.row.due_on, each.row.number,
        ),
    )  # fmt: skip


def counts(found: Sequence[Item], today: date) -> Counts:
    states = [each.row.state for each in found]
    return Counts({state: states.count(state) for state in STATES}, sum(each.is_overdue(today) for each in found))


def find(session: Session, incident_id: int, number: int) -> Item:
    """One item of this incident, which the reader may see. NotFound: it is of another one, or there is none."""
    found = session.execute(_ITEMS.where(ActionItem.number == number, ActionItem.incident_id == incident_id)).first()
    if found is None:
        raise NotFound(f"There is no ACT-{number} in this incident.")
    return Item(*found)


def who_may_verify(session: Session, incident: Incident, owner_id: int) -> list[str]:
    """Names of the people who may verify an item of this owner: those who lead this incident first."""
    facilitator_id = select(Review.facilitator_id).where(Review.incident_id == incident.id).scalar_subquery()
    leads = or_(Person.id == incident.commander_id, Person.id == facilitator_id)
    people = select(Person.name).where(Person.is_active, Person.role.in_(VERIFIERS), Person.id != owner_id)
    if incident.is_private:
        let_in = select(incident_reader.c.person_id).where(incident_reader.c.incident_id == incident.id)
        declared = Person.id == incident.declared_by_id if incident.declared_by_id else false()
        people = people.where(or_(Person.role == ADMINISTRATOR, leads, declared, Person.id.in_(let_in)))
    found = session.execute(people.add_columns(leads.label("leads")).order_by(Person.name, Person.id)).all()
    return [each.name for each in sorted(found, key=lambda each: not each.leads)]
