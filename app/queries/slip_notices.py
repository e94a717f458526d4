"""What the message about services that slipped tells: what is lost at the moment when it is delivered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.adoption import Slip
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Team
from app.queries.notice import SlipLine, SlipNotice

LINES_MAX = 6


def read(session: Session, team_id: int | None, slip_ids: Sequence[int]) -> SlipNotice:
    """The slips of one message that have not recovered since. Three queries."""
    open_ones = (Slip.id.in_(slip_ids), Slip.recovered_at.is_(None))
    count, services = session.execute(
        select(func.count(), func.count(Slip.service_id.distinct())).where(*open_ones)
    ).one()
    rows = session.execute(
        select(Service.title, Practice.number, Practice.statement, Slip.message, Slip.cause)
        .join(Service, Service.id == Slip.service_id)
        .join(Practice, Practice.id == Slip.practice_id)
        .where(*open_ones)
        .order_by(Service.tier, Service.name, Practice.number)
        .limit(LINES_MAX)
    )
    team = session.get(Team, team_id) if team_id is not None else None
    return SlipNotice(
        team=team.title if team else None, team_name=team.name if team else None, count=count, services=services,
        lines=[
            SlipLine(title, f"BP-{number}", statement, message or cause)
            for title, number, statement, message, cause in rows
        ],
    )  # fmt: skip
