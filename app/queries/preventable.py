"""Preventable minutes: what incidents of a known pattern cost on services that had not adopted its practice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_
from sqlalchemy.orm import Session

from app.domain.people import Actor
from app.domain.recurrence import PREVENTABLE
from app.models.incident import Incident
from app.queries import recurrence


@dataclass(frozen=True)
class Preventable:
    """Customer minutes as far as they are known, of so many incidents; of `unknown` of them nobody has said."""

    minutes: int
    incidents: int
    unknown: int


def between(session: Session, by: Actor, since: datetime, until: datetime) -> Preventable:
    """Of the incidents declared from `since` until just before `until` that this person may know of. The verdict is the
    one on their pages; a fixed number of queries."""
    which = and_(Incident.declared_at >= since, Incident.declared_at < until)
    found = [each for each in recurrence.read(session, by, which) if each.verdict in PREVENTABLE]
    known = [each.customer_minutes for each in found if each.customer_minutes is not None]
    return Preventable(sum(known), len(found), len(found) - len(known))
