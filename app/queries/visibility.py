"""Who may know of a private incident, as a condition of the database: every query about incidents goes through here."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import ColumnElement, exists, or_, true

from app.domain.people import ADMINISTRATOR, Actor
from app.models.incident import Incident, incident_reader
from app.models.review import Review


def may_see_incident(by: Actor) -> ColumnElement[bool]:
    """True for the incidents that this person may know of; the same rule as `people.may_see`."""
    if by.role == ADMINISTRATOR:
        return true()
    if by.id is None:
        return Incident.is_private.is_(False)
    return or_(Incident.is_private.is_(False), is_insider(by.id))


@lru_cache(maxsize=1024)  # conditions are never changed, and making them takes longer than asking them
def is_insider(person_id: int) -> ColumnElement[bool]:
    """The declarer, the commander, the facilitator and the readers that were let in."""
    return or_(
        Incident.declared_by_id == person_id,
        Incident.commander_id == person_id,
        exists()
        .where(incident_reader.c.incident_id == Incident.id, incident_reader.c.person_id == person_id)
        .correlate(Incident),
        exists().where(Review.incident_id == Incident.id, Review.facilitator_id == person_id).correlate(Incident),
    )
