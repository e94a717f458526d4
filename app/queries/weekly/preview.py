"""Next Monday's report as it would look now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.lifecycle import Policy
from app.domain.people import Actor
from app.domain.week import Week
from app.queries import audience as audiences
from app.queries.reports import Kept
from app.queries.weekly import compute


def preview(session: Session, by: Actor, about: str, *, now: datetime, zone: str, policy: Mapping[str, Policy]) -> Kept:
    """The week that it is, from its Monday until now. `zone` is that of the company. NotFound, in words."""
    of = audiences.named(session, by, about, zone)
    week = Week.at(now, of.zone)
    figures = compute(session, of, week, policy=policy, as_of=now)
    return Kept(figures, of, week, 0, 0, now, is_late=False, is_preview=True)
