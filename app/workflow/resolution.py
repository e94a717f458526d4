"""Stage 2, resolution: when it happened, whom it hurt, how it ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from app.domain import resolution as rules
from app.domain.people import Actor
from app.models.resolution import Resolution
from app.queries.criteria import resolution_facts
from app.workflow import kit
from app.workflow.unit_of_work import Work


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the form holds. `customer_minutes` is customers × minutes; None: nobody knows yet."""

    started_at: datetime | None = None
    detected_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    impact: str = ""
    customer_minutes: int | None = None
    how_resolved: str = ""


def save(work: Work, number: int, told: Told, *, version: int, by: Actor, now: datetime) -> Resolution:
    """Keep what is known so far. Times out of order or in the future are refused while typing already."""
    incident = kit.incident(work, number, by, "resolve")
    row = work.session.get(Resolution, incident.id)
    if row is None:
        row = Resolution(incident_id=incident.id, impact="", how_resolved="")
    before = saved(row)
    kit.require_version(work, seen=version, current=row.version or 0, edited_by_id=row.edited_by_id, saved=before)
    for field, value in asdict(told).items():
        setattr(row, field, value)
    row.impact = kit.text(told.impact, "impact")
    row.how_resolved = kit.text(told.how_resolved, "how_resolved")
    row.customer_minutes = rules.require_minutes(told.customer_minutes)
    rules.require_sane(resolution_facts(row), now=now)
    if saved(row) == before:
        return row
    kit.keep(work, row, by)
    kit.require_still_complete(work, incident, "resolution")
    kit.record(work, incident, "save", by=by, now=now, on="resolution")
    return row


def saved(row: Resolution | None) -> dict[str, object]:
    """The stored values by the names of the form."""
    return {field: getattr(row, field, None) for field in asdict(Told())}
