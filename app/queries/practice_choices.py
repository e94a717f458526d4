"""The practices that analysis offers: those of the incident, and the nearest of all others."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import case, false, or_, select
from sqlalchemy.orm import Session

from app.domain.lifecycle import RETIRED
from app.models.best_practice import Practice, incident_practice

PRACTICES_MAX = 40


def linked(session: Session, incident_id: int) -> list[Practice]:
    """The practices of this incident."""
    of = incident_practice.c.incident_id == incident_id
    rows = select(Practice).join(incident_practice, incident_practice.c.practice_id == Practice.id).where(of)
    return list(session.scalars(rows.order_by(Practice.number)))


def offered(
    session: Session, *, keep: Collection[int], near: Collection[int], pattern_id: int | None, areas: Collection[str]
) -> tuple[list[Practice], bool]:
    """Practices to choose from, and whether there are more: those to keep, those near, then the same area."""
    rank = case(
        (Practice.id.in_(keep), 0),
        (Practice.pattern_id == pattern_id if pattern_id is not None else false(), 1),
        (Practice.id.in_(near), 2),
        (Practice.area.in_(areas), 3),
        else_=4,
    )
    most = max(PRACTICES_MAX, len(keep))
    rows = select(Practice).where(or_(Practice.state != RETIRED, Practice.id.in_(keep)))
    found = session.scalars(rows.order_by(rank, Practice.number.desc()).limit(most + 1)).all()
    return list(found[:most]), len(found) > most


def practice_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Number and rule of some practices, by id."""
    rows = session.scalars(select(Practice).where(Practice.id.in_(ids)))
    return {each.id: f"{each.name} {each.statement}" for each in rows}
