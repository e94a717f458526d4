"""What somebody who wants to adopt a practice has to know: the services that are meant, where they stand, who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from app.domain.adoption import DOES_NOT_APPLY, NOT_ADOPTED, UNKNOWN
from app.domain.automation import ACTIVE_CHECK, ATTESTED
from app.models.adoption import Standing
from app.models.automation import Check
from app.models.catalog import Service
from app.queries.labels import TEAM, Meant
from app.queries.standings import FIRST_TO_DO

MOST = 100  # services that are spoken of at once


@dataclass(frozen=True)
class Stands:
    """One service, and where it stands on the practice."""

    id: int
    name: str
    title: str
    standing: str
    message: str

    @property
    def is_to_do(self) -> bool:
        return self.standing in (NOT_ADOPTED, UNKNOWN)


def questions(session: Session, practice_id: int) -> Sequence[Check]:
    """The active checks of a practice that a person answers, oldest first."""
    where = (Check.practice_id == practice_id, Check.state == ACTIVE_CHECK, Check.kind == ATTESTED)
    return session.scalars(select(Check).where(*where).order_by(Check.id)).all()


def machines(session: Session, practice_id: int) -> int:
    """How many of its active checks no person answers."""
    where = (Check.practice_id == practice_id, Check.state == ACTIVE_CHECK, Check.kind != ATTESTED)
    return session.scalar(select(func.count()).select_from(Check).where(*where)) or 0


def of_label(meant: Meant) -> ColumnElement[bool]:
    """The services of a label: itself, or those of the team."""
    return Service.team_id == meant.id if meant.kind == TEAM else Service.id == meant.id


def of_teams(team_ids: Sequence[int]) -> ColumnElement[bool]:
    """The services of some teams."""
    return Service.team_id.in_(team_ids)


EVERY: ColumnElement[bool] = true()


def stands(session: Session, practice_id: int, which: ColumnElement[bool]) -> tuple[list[Stands], int]:
    """Where these services stand, what is to do first, at most a hundred; and how many there are. Services that the
    practice does not apply to are left out. One query."""
    rows = (
        select(
            Service.id, Service.name, Service.title, Standing.standing, Standing.message,
            func.count().over().label("total"),
        )
        .join(Standing, and_(Standing.service_id == Service.id, Standing.practice_id == practice_id))
        .where(which, ~Service.is_retired, Standing.standing != DOES_NOT_APPLY)
        .order_by(FIRST_TO_DO, Service.tier, Service.name)
        .limit(MOST)
    )  # fmt: skip
    found = session.execute(rows).all()
    return [Stands(*each[:5]) for each in found], found[0].total if found else 0
