"""The incidents that a practice would have met on a service: those linked to it, and those of its pattern, as far as
the reader may know of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, null, select, union
from sqlalchemy.orm import Session

from app.domain.impact import UNKNOWN_COUNTS_AS, WEIGHTS, Impact
from app.domain.people import Actor
from app.models.analysis import Analysis
from app.models.best_practice import Practice, incident_practice
from app.models.catalog import Service
from app.models.incident import Incident, incident_service
from app.models.resolution import Resolution
from app.queries.visibility import may_see_incident

NAMED_MAX = 3  # incidents that stand behind one gap by name; the rest is counted


@dataclass(frozen=True)
class Behind:
    """An incident that a practice would have met."""

    number: int
    title: str
    is_private: bool
    minutes: int | None
    declared_at: datetime


def of_services(
    session: Session, by: Actor, service_ids: Sequence[int], practice_ids: Sequence[int] | None = None
) -> dict[tuple[int, int], Impact]:
    """By practice and service, where there is any. One query."""
    met = _met(by, incident_service.c.service_id.in_(service_ids), practice_ids)
    return {(practice_id, service_id): impact for practice_id, service_id, impact in _summed(session, met)}


def of_practice(session: Session, by: Actor, practice: Practice) -> dict[int, Impact]:
    """By service, for one practice. One query."""
    met = _met_by(by, practice)
    return {service_id: impact for _, service_id, impact in _summed(session, met)}


def named(
    session: Session, by: Actor, pairs: Sequence[tuple[int, int]], most: int = NAMED_MAX
) -> dict[tuple[int, int], list[Behind]]:
    """The latest incidents behind some cells (practice, service). One query."""
    if not pairs:
        return {}
    practices, services = {each[0] for each in pairs}, {each[1] for each in pairs}
    met = _met(by, incident_service.c.service_id.in_(services), list(practices))
    place = func.row_number().over(
        partition_by=(met.c.practice_id, met.c.service_id),
        order_by=(Incident.declared_at.desc(), Incident.id.desc()),
    )
    inner = (
        select(
            met.c.practice_id, met.c.service_id, Incident.number, Incident.title, Incident.is_private,
            Resolution.customer_minutes, Incident.declared_at, place.label("place"),
        )
        .join(Incident, Incident.id == met.c.incident_id)
        .outerjoin(Resolution, Resolution.incident_id == met.c.incident_id)
        .subquery()
    )  # fmt: skip
    found: dict[tuple[int, int], list[Behind]] = {each: [] for each in pairs}
    for practice_id, service_id, *about, _place in session.execute(
        select(inner).where(inner.c.place <= most).order_by(inner.c.practice_id, inner.c.service_id, inner.c.place)
    ):
        if (practice_id, service_id) in found:
            found[practice_id, service_id].append(Behind(*about))
    return found


def learned_from(session: Session, by: Actor, practice_ids: Collection[int]) -> dict[int, Behind]:
    """The latest incident that is linked to each practice, on whichever service. One query."""
    place = func.row_number().over(
        partition_by=incident_practice.c.practice_id, order_by=(Incident.declared_at.desc(), Incident.id.desc())
    )
    inner = (
        select(
            incident_practice.c.practice_id, Incident.number, Incident.title, Incident.is_private,
            null().label("minutes"), Incident.declared_at, place.label("place"),
        )
        .join(Incident, Incident.id == incident_practice.c.incident_id)
        .where(incident_practice.c.practice_id.in_(practice_ids), may_see_incident(by))
        .subquery()
    )  # fmt: skip
    rows = session.execute(select(inner).where(inner.c.place == 1))
    return {row[0]: Behind(*row[1:-1]) for row in rows}


def scored(met: Subquery) -> Subquery:
    """What stands behind each cell, as columns to join and to order by: the same figures as `Impact`."""
    minutes = Resolution.customer_minutes
    typical = func.coalesce(func.avg(minutes).over(partition_by=met.c.practice_id), UNKNOWN_COUNTS_AS)
    rows = (
        select(met.c.practice_id, met.c.service_id, minutes.label("minutes"), typical.label("typical"))
        .select_from(met)
        .outerjoin(Resolution, Resolution.incident_id == met.c.incident_id)
        .subquery()
    )
    return (
        select(
            rows.c.practice_id, rows.c.service_id, func.count().label("incidents"),
            func.coalesce(func.sum(rows.c.minutes), 0).label("minutes"),
            (func.count() - func.count(rows.c.minutes)).label("unknown"), func.max(rows.c.typical).label("typical"),
        )
        .group_by(rows.c.practice_id, rows.c.service_id)
        .subquery("impact")
    )  # fmt: skip


def met_by(by: Actor, practice: Practice) -> Subquery:
    """Practice, service and incident, for one practice."""
    return _met_by(by, practice)


def score(impact: Subquery) -> ColumnElement[float]:
    """`Impact.score` for the database; beside a joined service."""
    weight = case(*((Service.tier == tier, value) for tier, value in WEIGHTS.items()), else_=1)
    told: ColumnElement[float] = weight * func.coalesce(impact.c.minutes + impact.c.unknown * impact.c.typical, 0)
    return told


def read(row: Any) -> Impact:
    """The figures of one joined row: incidents, minutes, unknown, typical; all None where there is no incident."""
    incidents, minutes, unknown, typical = row
    if not incidents:
        return Impact()
    return Impact(int(incidents), int(minutes), int(unknown), float(typical))


def _summed(session: Session, met: Subquery) -> list[tuple[int, int, Impact]]:
    impact = scored(met)
    rows = session.execute(select(impact))
    return [(practice_id, service_id, read(about)) for practice_id, service_id, *about in rows]


def _met(by: Actor, on: ColumnElement[bool], practice_ids: Sequence[int] | None) -> Subquery:
    """Linked incidents and those of the practice's pattern, each once, beginning at the services."""
    linked = (
        select(incident_practice.c.practice_id, incident_service.c.service_id, Incident.id.label("incident_id"))
        .select_from(incident_service)
        .join(Incident, Incident.id == incident_service.c.incident_id)
        .join(incident_practice, incident_practice.c.incident_id == Incident.id)
        .where(on, may_see_incident(by))
    )
    alike = (
        select(Practice.id, incident_service.c.service_id, Incident.id)
        .select_from(incident_service)
        .join(Incident, Incident.id == incident_service.c.incident_id)
        .join(Analysis, Analysis.incident_id == Incident.id)
        .join(Practice, Practice.pattern_id == Analysis.pattern_id)
        .where(on, may_see_incident(by))
    )
    if practice_ids is not None:
        linked = linked.where(incident_practice.c.practice_id.in_(practice_ids))
        alike = alike.where(Practice.id.in_(practice_ids))
    return union(linked, alike).subquery("met")


def _met_by(by: Actor, practice: Practice) -> Subquery:
    """The same for one practice, beginning at its incidents."""
    linked = select(incident_practice.c.incident_id).where(incident_practice.c.practice_id == practice.id)
    incidents: Any = linked
    if practice.pattern_id is not None:
        incidents = union(linked, select(Analysis.incident_id).where(Analysis.pattern_id == practice.pattern_id))
    ids = incidents.subquery()
    return (
        select(
            Practice.id.label("practice_id"), incident_service.c.service_id, Incident.id.label("incident_id")
        )
        .select_from(ids)
        .join(Incident, Incident.id == ids.c.incident_id)
        .join(incident_service, incident_service.c.incident_id == Incident.id)
        .join(Practice, Practice.id == practice.id)
        .where(may_see_incident(by))
        .subquery("met")
    )  # fmt: skip
