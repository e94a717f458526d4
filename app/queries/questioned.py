"""Which incident questioned a practice: kept with the incident alone, so that whoever may not know of it does not."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Actor
from app.models.best_practice import Practice
from app.models.history import Move
from app.models.incident import Incident
from app.queries.visibility import may_see_incident

NEAR = 1_000  # Moves of others that may have been written in between


def incidents(session: Session, by: Actor, of: Practice) -> list[int]:
    """The numbers of the incidents for which a practice is questioned now, as far as this person may know of them. One
    query; none for a practice that is not questioned."""
    if of.questioned_at is None:
        return []
    asked = select(func.max(Move.id)).where(Move.practice_id == of.id, Move.verb == "question").scalar_subquery()
    rows = session.execute(
        select(Incident.number, Move.why)
        .join(Incident, Incident.id == Move.incident_id)
        .where(
            # The Move of the incident was written just before that of the practice: no other index leads to it.
            Move.id.between(asked - NEAR, asked), Move.verb == "question", Move.at == of.questioned_at,
            may_see_incident(by),
        )
    )  # fmt: skip
    return sorted(number for number, why in rows if why.startswith(f"{of.name}:"))
