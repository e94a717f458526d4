"""Patterns as far as the reader may know of them: one that only private incidents have is as private as they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.lifecycle import RETIRED
from app.domain.people import Actor
from app.models.analysis import Analysis, Pattern
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.queries.visibility import may_see_incident

PAGE = 50
NEVER = (0, None)
OFFERED_MAX = 500  # more names than that help nobody in a list; typing a known name links it too


@dataclass(frozen=True)
class Row:
    """A pattern in a list. `incidents` and `last_at` are of those that the reader may know of."""

    pattern: Pattern
    incidents: int
    last_at: datetime | None
    practices: int


@dataclass(frozen=True)
class Seen:
    """One incident of a pattern."""

    number: int
    title: str
    severity: str | None
    is_private: bool
    declared_at: datetime


def may_see_pattern(by: Actor) -> ColumnElement[bool]:
    """True for patterns of an incident that this person may know of, and for those of none yet."""
    has_any = exists().where(Analysis.pattern_id == Pattern.id).correlate(Pattern)
    has_seen = (
        exists()
        .where(Analysis.pattern_id == Pattern.id, Incident.id == Analysis.incident_id, may_see_incident(by))
        .correlate(Pattern)
    )
    return or_(~has_any, has_seen)


def page(session: Session, by: Actor, number: int) -> tuple[list[Row], int]:
    """One page of patterns by name, and how many there are. Four queries."""
    seen = may_see_pattern(by)
    total = session.scalar(select(func.count()).select_from(Pattern).where(seen)) or 0
    found = session.scalars(
        select(Pattern)
        .where(seen)
        .order_by(func.lower(Pattern.name), Pattern.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    ids = [each.id for each in found]
    incidents: dict[int | None, tuple[int, datetime | None]] = {
        pattern_id: (count, last)
        for pattern_id, count, last in session.execute(
            select(Analysis.pattern_id, func.count(), func.max(Incident.declared_at))
            .join(Incident, Incident.id == Analysis.incident_id)
            .where(Analysis.pattern_id.in_(ids), may_see_incident(by))
            .group_by(Analysis.pattern_id)
        )
    }
    practices = dict(
        session.execute(
            select(Practice.pattern_id, func.count())
            .where(Practice.pattern_id.in_(ids), Practice.state != RETIRED)
            .group_by(Practice.pattern_id)
        ).all()
    )
    return [Row(each, *incidents.get(each.id, NEVER), practices=practices.get(each.id, 0)) for each in found], total


def find(session: Session, by: Actor, pattern_id: int) -> Pattern:
    """One pattern. NotFound: there is none, or this person may not know of it."""
    found = session.scalar(select(Pattern).where(Pattern.id == pattern_id, may_see_pattern(by)))
    if found is None:
        raise NotFound("There is no such pattern, or you may not see it.")
    return found


def incidents(session: Session, by: Actor, pattern_id: int, number: int) -> tuple[list[Seen], int]:
    """One page of the incidents of a pattern that this person may know of, newest first; and how many there are."""
    of = (Analysis.pattern_id == pattern_id, may_see_incident(by))
    joined = select(func.count()).select_from(Incident).join(Analysis, Analysis.incident_id == Incident.id)
    total = session.scalar(joined.where(*of)) or 0
    rows = session.execute(
        select(Incident.number, Incident.title, Incident.severity, Incident.is_private, Incident.declared_at)
        .join(Analysis, Analysis.incident_id == Incident.id)
        .where(*of)
        .order_by(Incident.declared_at.desc(), Incident.id.desc())
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return [Seen(*row) for row in rows], total


def practices(session: Session, pattern_id: int) -> list[Practice]:
    """The practices that were learned from a pattern; retired ones last."""
    is_retired = Practice.state == RETIRED
    return list(
        session.scalars(select(Practice).where(Practice.pattern_id == pattern_id).order_by(is_retired, Practice.number))
    )


def choices(session: Session, by: Actor, keep: Collection[int]) -> Sequence[Pattern]:
    """Patterns to choose from: those to keep, if this person may know of them, then the others by name."""
    return session.scalars(
        select(Pattern)
        .where(may_see_pattern(by))
        .order_by(Pattern.id.in_(keep).desc(), func.lower(Pattern.name), Pattern.id)
        .limit(OFFERED_MAX)
    ).all()
