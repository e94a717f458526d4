"""Exemptions that end soon: their services will have to adopt, or somebody excuses them anew."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain import exemption as rules
from app.domain.report import EXPIRING_DAYS, ROWS_MAX
from app.domain.report_sections import ExemptionLine, Exemptions
from app.models.adoption import Exemption
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Person, Team
from app.queries.weekly.scope import Scope


def read(session: Session, scope: Scope) -> Exemptions:
    """The soonest first. Two queries."""
    soon = scope.today + timedelta(days=EXPIRING_DAYS)
    running = [
        Exemption.decided_at < scope.as_of, Exemption.state.in_((rules.GRANTED, rules.ENDED)),
        or_(Exemption.ended_at.is_(None), Exemption.ended_at >= scope.as_of), Exemption.expires_on >= scope.today,
        ~Service.is_retired, *scope.services,
    ]  # fmt: skip
    count, expiring = session.execute(
        select(func.count(), func.count().filter(Exemption.expires_on <= soon))
        .select_from(Exemption)
        .join(Service, Service.id == Exemption.service_id)
        .where(*running)
    ).one()
    rows = session.execute(
        select(Practice.number, Service.name, Team.title, Exemption.expires_on, Person.name, Exemption.reason)
        .join(Practice, Practice.id == Exemption.practice_id)
        .join(Service, Service.id == Exemption.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .outerjoin(Person, Person.id == Exemption.decided_by_id)
        .where(*running, Exemption.expires_on <= soon)
        .order_by(Exemption.expires_on, Practice.number, Service.name)
        .limit(ROWS_MAX)
    )
    lines = [ExemptionLine(*row[:4], row[4] or "Ratchet", row[5]) for row in rows]
    return Exemptions(lines, expiring, count)
