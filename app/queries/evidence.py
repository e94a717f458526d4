"""The latest evidence: one result of one check for one service, and the one that counts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.automation import Evidence


def latest(
    session: Session, check_ids: Sequence[int], service_ids: Sequence[int] | None = None
) -> dict[tuple[int, int], Evidence]:
    """By check and service; for all services, or for some."""
    if not check_ids:
        return {}
    last = select(func.max(Evidence.id)).where(Evidence.check_id.in_(check_ids))
    if service_ids is not None:
        last = last.where(Evidence.service_id.in_(service_ids))
    rows = select(Evidence).where(Evidence.id.in_(last.group_by(Evidence.check_id, Evidence.service_id)))
    return {(row.check_id, row.service_id): row for row in session.scalars(rows)}
