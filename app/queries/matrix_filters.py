"""What the reader of the matrix chose, as conditions of the database that look cells up one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.models.adoption import Standing, Tally
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Team
from app.queries.practice import EVALUATED


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`team` is a name, `tier` a figure or nothing. `standing`: only services and practices that have such a cell."""

    team: str = ""
    tier: str = ""
    words: str = ""
    area: str = ""
    level: str = ""
    standing: str = ""

    @property
    def names_services(self) -> bool:
        """Whether it is about some services only: then the figures of the whole say nothing."""
        return bool(self.team or self.tier or self.words or self.standing)


def of_practices(filters: Filters) -> list[ColumnElement[bool]]:
    """Practices that are measured, in the area and of the level; with such a cell among the services that match."""
    found: list[ColumnElement[bool]] = [Practice.state.in_(EVALUATED)]
    if filters.area:
        found.append(Practice.area == filters.area)
    if filters.level:
        found.append(Practice.level == filters.level)
    if filters.standing:
        found.append(_has_cell(filters))
    return found


def of_services(filters: Filters, practice_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """Services in use that match; with such a cell on one of these practices."""
    found = _named(filters)
    if filters.standing:
        found.append(
            exists()
            .where(
                Standing.practice_id.in_(practice_ids), Standing.service_id == Service.id,
                Standing.standing == filters.standing,
            )
            .correlate(Service)
        )  # fmt: skip
    return found


def _named(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [~Service.is_retired]
    if filters.team:
        found.append(Service.team_id.in_(select(Team.id).where(Team.name == filters.team).correlate(None)))
    if filters.tier:
        found.append(Service.tier == int(filters.tier))
    found += [Service.name.icontains(word, autoescape=True) for word in filters.words.split()[:8]]
    return found


def _has_cell(filters: Filters) -> ColumnElement[bool]:
    stands: Any = and_(Standing.practice_id == Practice.id, Standing.standing == filters.standing)
    if filters.team or filters.tier or filters.words:
        return (
            select(1)
            .select_from(Service)
            .join(Standing, Standing.service_id == Service.id)
            .where(stands, *_named(filters))
            .correlate(Practice)
            .exists()
        )
    kept = getattr(Tally, filters.standing)
    return or_(
        exists().where(Tally.practice_id == Practice.id, kept > 0).correlate(Practice),
        and_(
            ~exists().where(Tally.practice_id == Practice.id).correlate(Practice),
            exists().where(stands).correlate(Practice),
        ),
    )
