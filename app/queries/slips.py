"""Slips for pages: which services lost which adoption in the last days, and whether they have recovered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models.adoption import Slip
from app.models.best_practice import Practice
from app.models.catalog import Service

DAYS = 30
SHOWN_MAX = 20


@dataclass(frozen=True)
class Slipped:
    """One slip. `times`: how often within its day."""

    number: int
    statement: str
    service: str
    was: str
    cause: str
    message: str
    at: datetime
    times: int
    recovered_at: datetime | None


def of_service(session: Session, service_id: int, now: datetime) -> list[Slipped]:
    """The slips of one service in the last 30 days, the latest first."""
    return _read(session, now, Slip.service_id == service_id)


def of_team(session: Session, team_id: int, now: datetime) -> list[Slipped]:
    """The slips of the services that a team owns now."""
    return _read(session, now, Service.team_id == team_id)


def _read(session: Session, now: datetime, whose: ColumnElement[bool]) -> list[Slipped]:
    rows = session.execute(
        select(
            Practice.number, Practice.statement, Service.name, Slip.was, Slip.cause, Slip.message, Slip.at, Slip.times,
            Slip.recovered_at,
        )
        .join(Practice, Practice.id == Slip.practice_id)
        .join(Service, Service.id == Slip.service_id)
        .where(whose, Slip.at >= now - timedelta(days=DAYS))
        .order_by(Slip.at.desc(), Slip.id.desc())
        .limit(SHOWN_MAX)
    )  # fmt: skip
    return [Slipped(*row) for row in rows]
