"""What was adopted and was lost in the week."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.report import ROWS_MAX
from app.domain.report_sections import SlipLine, Slips
from app.models.adoption import Slip
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Team
from app.queries.weekly.scope import Scope


def read(session: Session, scope: Scope) -> Slips:
    """What is still lost at the end of the week comes first. Two queries."""
    which = [Slip.at >= scope.since, Slip.at < scope.as_of, *scope.services]
    is_lost = or_(Slip.recovered_at.is_(None), Slip.recovered_at >= scope.as_of)
    count, lost = session.execute(
        select(func.count(), func.count().filter(is_lost))
        .select_from(Slip)
        .join(Service, Service.id == Slip.service_id)
        .where(*which)
    ).one()
    rows = session.execute(
        select(
            Service.name, Team.title, Practice.number, Practice.statement, Slip.cause, Slip.message, Slip.at,
            Slip.recovered_at,
        )
        .join(Practice, Practice.id == Slip.practice_id)
        .join(Service, Service.id == Slip.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .where(*which)
        .order_by(~is_lost, Slip.at.desc(), Slip.id.desc())
        .limit(ROWS_MAX)
    )  # fmt: skip
    lines = [
        SlipLine(*row[:-1], row[-1] if row[-1] is not None and row[-1] < scope.as_of else None) for row in rows
    ]  # fmt: skip
    return Slips(lines, count, count - lost)
