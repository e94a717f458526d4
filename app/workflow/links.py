"""Which practices an incident is linked to: what stages 6 to 8 of the incident follow."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from app.domain.errors import Refused
from app.domain.lifecycle import RETIRED
from app.models.best_practice import Practice, incident_practice
from app.models.incident import Incident
from app.workflow.unit_of_work import Work


def lock_practices(work: Work, ids: Sequence[int]) -> list[Practice]:
    """The practices, locked by id before any incident is, so that two people never wait for each other."""
    if not ids:
        return []
    found = work.session.scalars(
        select(Practice)
        .where(Practice.id.in_(set(ids)))
        .order_by(Practice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(found) != len(set(ids)):
        raise Refused.because("practice.unknown", "Choose practices from the list.", "practice_ids")
    return list(found)


def practice_ids(work: Work, incident_id: int) -> list[int]:
    """The ids of the practices that this incident is linked to."""
    linked = select(incident_practice.c.practice_id).where(incident_practice.c.incident_id == incident_id)
    return sorted(work.session.scalars(linked))


def add(work: Work, incident: Incident, practice: Practice) -> None:
    """Link one more: a practice that is locked, or so new that nobody else knows of it."""
    work.session.execute(insert(incident_practice), {"incident_id": incident.id, "practice_id": practice.id})


def replace(work: Work, incident: Incident, practices: Sequence[Practice]) -> bool:
    """Link exactly these. True if that is a change. Refused: a retired practice would be linked anew."""
    was, wanted = set(practice_ids(work, incident.id)), {each.id for each in practices}
    for each in practices:
        if each.id not in was and each.state == RETIRED:
            raise Refused.because("practice.retired", f"{each.name} is retired: link another one.", "practice_ids")
    gone, new = was - wanted, wanted - was
    if gone:
        work.session.execute(
            delete(incident_practice).where(
                incident_practice.c.incident_id == incident.id, incident_practice.c.practice_id.in_(gone)
            )
        )
    if new:
        rows = [{"incident_id": incident.id, "practice_id": each} for each in sorted(new)]
        work.session.execute(insert(incident_practice), rows)
    return bool(gone or new)


def linked_incidents(work: Work, practice_id: int) -> list[Incident]:
    """The incidents linked to a practice, locked by id. The practice is locked already."""
    return list(
        work.session.scalars(
            select(Incident)
            .join(incident_practice, incident_practice.c.incident_id == Incident.id)
            .where(incident_practice.c.practice_id == practice_id)
            .order_by(Incident.id)
            .with_for_update(of=Incident)
            .execution_options(populate_existing=True)
        )
    )
