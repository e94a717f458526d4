"""The postmortem of one incident as it is written so far: its texts, its timeline, its contributing factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.resolution import Resolution
from app.models.review import ContributingFactor, Review, TimelineEntry


@dataclass(frozen=True)
class Written:
    """`row` is None until somebody saves. `started_at` is what the resolution says, if it says it."""

    row: Review | None
    timeline: Sequence[tuple[datetime, str]]
    factors: Sequence[tuple[str, str]]
    started_at: datetime | None

    @property
    def is_empty(self) -> bool:
        return self.row is None and not self.timeline and not self.factors


def load(session: Session, incident_id: int, *, to_read: bool = True) -> Written:
    """Timeline by time, factors as they were entered. Four queries, however long it is; one less for the form, which
    does not count from the start."""
    timeline = session.execute(
        select(TimelineEntry.at, TimelineEntry.text)
        .where(TimelineEntry.incident_id == incident_id)
        .order_by(TimelineEntry.at, TimelineEntry.id)
    )
    factors = session.execute(
        select(ContributingFactor.area, ContributingFactor.text)
        .where(ContributingFactor.incident_id == incident_id)
        .order_by(ContributingFactor.id)
    )
    started_at = select(Resolution.started_at).where(Resolution.incident_id == incident_id)
    return Written(
        row=session.get(Review, incident_id),
        timeline=[(each.at, each.text) for each in timeline],
        factors=[(each.area, each.text) for each in factors],
        started_at=session.scalar(started_at) if to_read else None,
    )
