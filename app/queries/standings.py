"""Where services stand on practices: the services of one practice, and those that have not adopted some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.domain import adoption as rules
from app.models.adoption import Exemption, Standing
from app.models.catalog import Service
from app.models.person import Team

PAGE = 50
NAMED_MAX = 20  # services of one practice that an incident's page names
# What asks for somebody's work comes first.
_ORDER = (rules.NOT_ADOPTED, rules.UNKNOWN, rules.EXEMPT, rules.ADOPTED, rules.DOES_NOT_APPLY)
FIRST_TO_DO: Any = case(*((Standing.standing == name, at) for at, name in enumerate(_ORDER)), else_=9)


@dataclass(frozen=True)
class Stands:
    """One service on one practice."""

    service: str
    tier: int
    team: str | None
    standing: str
    since: datetime
    message: str
    exempt_until: date | None


def of_practice(session: Session, practice_id: int, page: int, today: date) -> tuple[list[Stands], int]:
    """The services in use on one practice: not adopted first, then by tier; and how many there are. Two queries."""
    rows = (
        select(func.count())
        .select_from(Standing)
        .join(Service, Service.id == Standing.service_id)
        .where(*_in_use(practice_id))
    )
    total = session.scalar(rows) or 0
    found = session.execute(
        _stands(today)
        .where(*_in_use(practice_id))
        .order_by(FIRST_TO_DO, Service.tier, Service.name)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Stands(*row) for row in found], total


def to_adopt(session: Session, practice_ids: Sequence[int], today: date) -> dict[int, tuple[list[Stands], int]]:
    """For each practice, the most important services that have not adopted it, and how many there are. One query."""
    inner = (
        _stands(today)
        .add_columns(
            Standing.practice_id,
            func.count().over(partition_by=Standing.practice_id).label("total"),
            func.row_number()
            .over(partition_by=Standing.practice_id, order_by=(FIRST_TO_DO, Service.tier, Service.name))
            .label("place"),
        )
        .where(
            Standing.practice_id.in_(practice_ids), Standing.standing.in_((rules.NOT_ADOPTED, rules.UNKNOWN)),
            ~Service.is_retired,
        )
        .subquery()
    )  # fmt: skip
    found: dict[int, tuple[list[Stands], int]] = {each: ([], 0) for each in practice_ids}
    rows = select(inner).where(inner.c.place <= NAMED_MAX).order_by(inner.c.practice_id, inner.c.place)
    for *about, practice_id, total, _place in session.execute(rows):
        found[practice_id] = ([*found[practice_id][0], Stands(*about)], total)
    return found


def _in_use(practice_id: int) -> tuple[ColumnElement[bool], ...]:
    return Standing.practice_id == practice_id, ~Service.is_retired


def _stands(today: date) -> Any:
    """A select of the fields of Stands."""
    return (
        select(
            Service.name, Service.tier, Team.title, Standing.standing, Standing.since, Standing.message,
            Exemption.expires_on,
        )
        .select_from(Standing)
        .join(Service, Service.id == Standing.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .outerjoin(
            Exemption,
            (Exemption.practice_id == Standing.practice_id)
            & (Exemption.service_id == Standing.service_id)
            & (Exemption.state == "granted")
            & (Exemption.expires_on >= today),
        )
    )  # fmt: skip
