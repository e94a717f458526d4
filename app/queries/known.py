"""What was known at an instant: the practices that held then, and the incidents that they were learned from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from app.domain.lifecycle import ACCEPTED, ADOPTED, AUTOMATED, PROPOSED, RETIRED, SLIPPED
from app.domain.people import VIEWER, Actor
from app.models.analysis import Analysis
from app.models.best_practice import Practice, incident_practice
from app.models.history import Move
from app.models.incident import Incident, incident_service
from app.models.resolution import Resolution
from app.queries.verdicts import applies, subjects
from app.queries.visibility import may_see_incident

PUBLIC = Actor(None, "everybody", VIEWER)  # whoever reads a channel: knows of no private incident
EVERY_SERVICE = "true"
ORIGINS_MAX = 20  # of each practice, the newest ones are read
_LIVE = (ACCEPTED, AUTOMATED, ADOPTED, SLIPPED)
_Accepted = aliased(Move)
ACCEPTED_AT: Any = (
    select(_Accepted.at)
    .where(_Accepted.practice_id == Practice.id, _Accepted.to_state.in_(_LIVE))
    .order_by(_Accepted.id)
    .limit(1)
    .correlate(Practice)
    .scalar_subquery()
)
RETIRED_AT: Any = case((Practice.state == RETIRED, Practice.state_since))
# Of an incident with its resolution, if it has one; the rule is domain/recurrence.started.
STARTED_AT: Any = func.coalesce(Resolution.started_at, Resolution.detected_at, Incident.declared_at)


@dataclass(frozen=True)
class Rule:
    """A practice as far as recurrence needs it."""

    id: int
    number: int
    statement: str
    level: str
    selector: str
    pattern_id: int | None

    @property
    def name(self) -> str:
        return f"BP-{self.number}"


RULE = (Practice.id, Practice.number, Practice.statement, Practice.level, Practice.selector, Practice.pattern_id)


@dataclass(frozen=True)
class Origin:
    """An incident that a practice was learned from."""

    number: int
    title: str
    customer_minutes: int | None
    is_same_service: bool


def was_known(at: Any) -> ColumnElement[bool]:
    """True for practices that held at an instant, which may be a column; the same rule as `domain/recurrence`."""
    return and_(
        Practice.state != PROPOSED, at >= ACCEPTED_AT, or_(Practice.state != RETIRED, Practice.state_since > at)
    )


def origins(
    session: Session, by: Actor, practice_ids: Collection[int], *, before: Incident, service_ids: Collection[int] = ()
) -> dict[int, tuple[list[Origin], int]]:
    """For each practice the newest incidents before this one that it was learned from (linked to it, or of its
    pattern), as far as this person may know of them; and how many there are. One query."""
    linked = select(incident_practice.c.practice_id, incident_practice.c.incident_id).where(
        incident_practice.c.practice_id.in_(practice_ids)
    )
    of_pattern = (
        select(Practice.id, Analysis.incident_id)
        .join(Analysis, Analysis.pattern_id == Practice.pattern_id)
        .where(Practice.id.in_(practice_ids))
    )
    pairs = union(linked, of_pattern).subquery()
    newest = (Incident.declared_at.desc(), Incident.id.desc())
    placed = (
        select(
            pairs.c.practice_id, pairs.c.incident_id,
            func.row_number().over(partition_by=pairs.c.practice_id, order_by=newest).label("place"),
            func.count().over(partition_by=pairs.c.practice_id).label("total"),
        )
        .join(Incident, Incident.id == pairs.c.incident_id)
        .where(may_see_incident(by), Incident.id != before.id, Incident.declared_at <= before.declared_at)
        .subquery()
    )  # fmt: skip
    is_same = (
        select(incident_service.c.incident_id)
        .where(incident_service.c.incident_id == Incident.id, incident_service.c.service_id.in_(service_ids))
        .exists()
    )
    rows = session.execute(
        select(placed.c.practice_id, placed.c.total, Incident.number, Incident.title, Resolution.customer_minutes,
               is_same)
        .join(Incident, Incident.id == placed.c.incident_id)
        .outerjoin(Resolution, Resolution.incident_id == Incident.id)
        .where(placed.c.place <= ORIGINS_MAX)
        .order_by(placed.c.practice_id, placed.c.place)
    )  # fmt: skip
    found: dict[int, tuple[list[Origin], int]] = {}
    for practice_id, total, *about in rows:
        found.setdefault(practice_id, ([], total))[0].append(Origin(*about))
    return found


def not_applying(session: Session, pairs: Collection[tuple[Rule, int]]) -> set[tuple[int, int]]:
    """Of rules and services that had not met yet: where the rule does not apply, as far as can be told today. No query
    where every rule is for every service."""
    asked = [(rule, service_id) for rule, service_id in pairs if rule.selector != EVERY_SERVICE]
    if not asked:
        return set()
    known = {each.id: each for each in subjects(session, sorted({service_id for _, service_id in asked}))}
    return {
        (rule.id, service_id) for rule, service_id in asked
        if service_id in known and applies(rule.selector, known[service_id]) is False
    }  # fmt: skip
