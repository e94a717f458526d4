"""The rows behind a practice in a weekly report: each service, and where it stood just before the week was over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.adoption import ADOPTED, COUNTED, EXEMPT, NOT_ADOPTED, UNKNOWN
from app.domain.lifecycle import RETIRED
from app.domain.report_sections import Count
from app.models.adoption import PastStanding, Standing
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Team
from app.queries.audience import Audience
from app.queries.standing_at import became

PAGE = 50
_ORDER = {each: at for at, each in enumerate((NOT_ADOPTED, UNKNOWN, ADOPTED, EXEMPT))}
assert COUNTED == (ADOPTED, NOT_ADOPTED, UNKNOWN, EXEMPT)  # the order of Count's fields


@dataclass(frozen=True)
class Stood:
    """One service, by what was known when the week ended. Its team, and whether it is retired, are those of today."""

    service: str
    tier: int
    team: str | None
    team_name: str | None
    is_retired: bool
    standing: str
    since: datetime


@dataclass(frozen=True)
class Behind:
    """All services behind one figure, those to do first. `is_retired`: the practice is, by now."""

    rows: Sequence[Stood]
    is_retired: bool

    @property
    def count(self) -> Count:
        """What they add up to: the report's figure, unless a service has changed its team since."""
        return Count(*(sum(each.standing == standing for each in self.rows) for standing in COUNTED))


def behind(session: Session, of: Audience, number: int, as_of: datetime) -> Behind:
    """The services that a practice applied to just before `as_of`. Four queries."""
    found: Any = session.execute(select(Practice.id, Practice.state).where(Practice.number == number)).first()
    if found is None:
        return Behind((), is_retired=False)
    rows = [*_past(session, of, found.id, as_of), *_by_now(session, of, found.id, as_of)]
    rows.sort(key=lambda each: (_ORDER[each.standing], each.tier, each.service))
    return Behind(rows, found.state == RETIRED)


def _past(session: Session, of: Audience, practice_id: int, as_of: datetime) -> Iterator[Stood]:
    rows = _of(PastStanding, of).where(
        PastStanding.practice_id == practice_id, PastStanding.since < as_of, PastStanding.until >= as_of,
        PastStanding.standing.in_(COUNTED),
    )  # fmt: skip
    for name, tier, team, team_name, is_retired, cell in session.execute(rows):
        yield Stood(name, tier, team, team_name, is_retired, cell.standing, cell.since)


def _by_now(session: Session, of: Audience, practice_id: int, as_of: datetime) -> Iterator[Stood]:
    """What is stored as present, as time alone had made it by then."""
    before = as_of - as_of.resolution
    rows = _of(Standing, of).where(
        Standing.practice_id == practice_id, Standing.since < as_of,
        or_(Standing.standing.in_(COUNTED), Standing.due_at < as_of),
    )  # fmt: skip
    for name, tier, team, team_name, is_retired, cell in session.execute(rows):
        standing, since = became(cell, before)
        if standing in COUNTED and since is not None:
            yield Stood(name, tier, team, team_name, is_retired, standing, since)


def _of(kind: Any, of: Audience) -> Any:
    rows = (
        select(Service.name, Service.tier, Team.title, Team.name, Service.is_retired, kind)
        .join(Service, Service.id == kind.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
    )
    return rows if of.team_ids is None else rows.where(Service.team_id.in_(of.team_ids))
