"""The evidence that counts: of each check for each service, the one that was seen last."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.automation import Evidence


def latest(
    session: Session, check_ids: Sequence[int], service_ids: Sequence[int] | None = None
) -> dict[tuple[int, int], Evidence]:
    """By check and service; for all services, or for some. Seen at the same instant, the one that came last counts."""
    if not check_ids:
        return {}
    place = func.row_number().over(
        partition_by=(Evidence.check_id, Evidence.service_id), order_by=(Evidence.at.desc(), Evidence.id.desc())
    )
    ranked = select(Evidence.id, place.label("place")).where(Evidence.check_id.in_(check_ids))
    if service_ids is not None:
        ranked = ranked.where(Evidence.service_id.in_(service_ids))
    inner = ranked.subquery()
    rows = select(Evidence).join(inner, inner.c.id == Evidence.id).where(inner.c.place == 1)
    return {(row.check_id, row.service_id): row for row in session.scalars(rows)}
