"""Where a practice comes from: the incidents and the pattern behind it, as far as the reader may know of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.domain.people import Actor
from app.models.analysis import Analysis, Pattern
from app.models.best_practice import incident_practice
from app.models.incident import Incident
from app.models.review import ContributingFactor
from app.queries.visibility import may_see_incident


@dataclass(frozen=True)
class Origin:
    """An incident that a practice was learned from, or that led to it again."""

    number: int
    title: str
    severity: str | None
    is_private: bool


def incidents(session: Session, by: Actor, practice_id: int) -> list[Origin]:
    """The incidents linked to a practice that this person may know of, newest first."""
    rows = session.execute(
        select(Incident.number, Incident.title, Incident.severity, Incident.is_private)
        .join(incident_practice, incident_practice.c.incident_id == Incident.id)
        .where(incident_practice.c.practice_id == practice_id, may_see_incident(by))
        .order_by(Incident.declared_at.desc(), Incident.id.desc())
    )
    return [Origin(*row) for row in rows]


def pattern_name(session: Session, by: Actor, pattern_id: int | None) -> str | None:
    """The pattern's name, unless it is known from incidents alone that this person may not know of."""
    if pattern_id is None:
        return None
    named = exists().where(Analysis.pattern_id == Pattern.id)
    seen = exists().where(Analysis.pattern_id == Pattern.id, Incident.id == Analysis.incident_id, may_see_incident(by))
    return session.scalar(select(Pattern.name).where(Pattern.id == pattern_id, or_(~named, seen)))


def learned_from(session: Session, incident: Incident | None) -> dict[str, str]:
    """How a new practice begins: what the analysis of its incident says. A practice is public: words of a private
    incident are left out, and whoever writes it decides what may be told."""
    if incident is None:
        return {}
    analysis = session.get(Analysis, incident.id)
    pattern = session.get(Pattern, analysis.pattern_id) if analysis and analysis.pattern_id else None
    factor = session.scalar(
        select(ContributingFactor.area)
        .where(ContributingFactor.incident_id == incident.id)
        .order_by(ContributingFactor.id)
        .limit(1)
    )
    found = {"area": (pattern.area if pattern else None) or factor or ""}
    if analysis and analysis.reason and not incident.is_private:
        found["why"] = analysis.reason
    return found
