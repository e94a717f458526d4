"""Which weeks have a report: the neighbours of one, and all of an audience to choose from."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.week import Week
from app.models.report import Report
from app.queries.audience import Audience

OFFERED_MAX = 530  # weeks to choose from: ten years


def beside(session: Session, of: Audience, week: Week) -> tuple[Week | None, Week | None]:
    """The latest week before this one that has a report, and the first one after it. One query."""
    kept = select(Report.week).where(Report.audience == of.key)
    before = kept.where(Report.week < week.name).order_by(Report.week.desc()).limit(1).scalar_subquery()
    after = kept.where(Report.week > week.name).order_by(Report.week).limit(1).scalar_subquery()
    found = session.execute(select(before, after)).one()
    return (Week.parse(found[0]) if found[0] else None), (Week.parse(found[1]) if found[1] else None)


def kept(session: Session, of: Audience) -> list[Week]:
    """The weeks that have a report for this audience, newest first. One query."""
    names = (
        select(Report.week)
        .where(Report.audience == of.key)
        .group_by(Report.week)
        .order_by(func.max(Report.week).desc())
        .limit(OFFERED_MAX)
    )
    return [Week.parse(name) for name in session.scalars(names)]
