"""Which weeks have a report: the neighbours of one, and all to choose from; and what a person has subscribed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.report import EVERYONE
from app.domain.week import Week
from app.models.person import Team
from app.models.report import Report, Subscription
from app.queries.audience import TEAM, Audience

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


@dataclass(frozen=True)
class Has:
    """A person's own subscription as it is saved: teams by name, as "team:shop". `version` 0: there never was one."""

    about: Sequence[str] = ()
    by_slack: bool = False
    by_mail: bool = False
    version: int = 0


def subscription(session: Session, person_id: int) -> Has:
    """What a person's own report is about. Two queries."""
    row = session.get(Subscription, person_id)
    if row is None:
        return Has()
    ids = [int(each.removeprefix(TEAM)) for each in row.about if each.startswith(TEAM)]
    teams = session.scalars(select(Team.name).where(Team.id.in_(ids)).order_by(Team.name))
    about = [EVERYONE] if EVERYONE in row.about else [f"{TEAM}{name}" for name in teams]
    return Has(about, row.by_slack, row.by_mail, row.version)
