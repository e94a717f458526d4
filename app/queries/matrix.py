"""The adoption matrix: services × practices, filtered and paged both ways. As many queries for 50 rows as for 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.domain import adoption as rules
from app.models.adoption import Standing
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Team
from app.queries.practice import EVALUATED

ROWS, COLUMNS = 50, 30


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the reader chose. `standing`: only services and practices that have such a cell."""

    team: str = ""
    area: str = ""
    standing: str = ""


@dataclass(frozen=True)
class Line:
    """One service. `team` is its title."""

    id: int
    name: str
    tier: int
    team: str | None


@dataclass(frozen=True)
class Column:
    """One practice that machines measure."""

    id: int
    number: int
    statement: str
    state: str


@dataclass(frozen=True)
class Figures:
    """Over all pages. A cell without a standing is unknown; None: there is no cell that could be known."""

    services: int
    practices: int
    adopted: int | None
    not_adopted: int | None
    unknown: int | None
    applicable: int


@dataclass(frozen=True)
class Matrix:
    lines: Sequence[Line]
    columns: Sequence[Column]
    cells: Mapping[tuple[int, int], str]
    figures: Figures

    @property
    def groups(self) -> list[tuple[str, list[Line]]]:
        """The lines by team; they are sorted by it."""
        found: dict[str, list[Line]] = {}
        for each in self.lines:
            found.setdefault(each.team or "No team", []).append(each)
        return list(found.items())

    def standing(self, line: Line, column: Column) -> str:
        return self.cells.get((line.id, column.id), rules.UNKNOWN)


def load(session: Session, filters: Filters, row_page: int, column_page: int) -> Matrix:
    """One part of the matrix, and the figures of the whole; five queries."""
    of_services, of_practices = _services(filters), _practices(filters)
    lines = session.execute(
        select(Service.id, Service.name, Service.tier, Team.title)
        .outerjoin(Team, Team.id == Service.team_id)
        .where(*of_services)
        .order_by(Team.title.is_(None), func.lower(Team.title), Team.id, Service.tier, Service.name)
        .limit(ROWS)
        .offset((row_page - 1) * ROWS)
    ).all()
    columns = session.execute(
        select(Practice.id, Practice.number, Practice.statement, Practice.state)
        .where(*of_practices)
        .order_by(Practice.number)
        .limit(COLUMNS)
        .offset((column_page - 1) * COLUMNS)
    ).all()
    cells = session.execute(
        select(Standing.service_id, Standing.practice_id, Standing.standing).where(
            Standing.service_id.in_([each.id for each in lines]),
            Standing.practice_id.in_([each.id for each in columns]),
        )
    )
    return Matrix(
        [Line(*each) for each in lines], [Column(*each) for each in columns],
        {(service_id, practice_id): standing for service_id, practice_id, standing in cells},
        _figures(session, of_services, of_practices),
    )  # fmt: skip


def _figures(
    session: Session, of_services: Sequence[ColumnElement[bool]], of_practices: Sequence[ColumnElement[bool]]
) -> Figures:
    services, practices = session.execute(
        select(
            select(func.count()).select_from(Service).where(*of_services).scalar_subquery(),
            select(func.count()).select_from(Practice).where(*of_practices).scalar_subquery(),
        )
    ).one()
    count: dict[str, int] = dict(
        session.execute(
            select(Standing.standing, func.count())
            .join(Service, Service.id == Standing.service_id)
            .join(Practice, Practice.id == Standing.practice_id)
            .where(*of_services, *of_practices)
            .group_by(Standing.standing)
        ).all()
    )
    cells = services * practices
    unknown = count.get(rules.UNKNOWN, 0) + cells - sum(count.values())
    adopted, not_adopted = count.get(rules.ADOPTED, 0), count.get(rules.NOT_ADOPTED, 0)
    applicable = adopted + not_adopted + unknown
    if not applicable:
        return Figures(services, practices, None, None, None, 0)
    return Figures(services, practices, adopted, not_adopted, unknown, applicable)


def _services(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [~Service.is_retired, *_of_team(filters)]
    if filters.standing:
        found.append(Service.id.in_(_with_standing(Standing.service_id, filters)))
    return found


def _practices(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Practice.state.in_(EVALUATED), *_of_area(filters)]
    if filters.standing:
        found.append(Practice.id.in_(_with_standing(Standing.practice_id, filters)))
    return found


def _of_team(filters: Filters) -> list[ColumnElement[bool]]:
    team = select(Team.id).where(Team.name == filters.team).correlate(None)
    return [Service.team_id.in_(team)] if filters.team else []


def _of_area(filters: Filters) -> list[ColumnElement[bool]]:
    return [Practice.area == filters.area] if filters.area else []


def _with_standing(column: Any, filters: Filters) -> Any:
    """The services, or the practices, that have a cell with the wanted standing within the other filters."""
    return (
        select(column)
        .select_from(Standing)
        .join(Service, Service.id == Standing.service_id)
        .join(Practice, Practice.id == Standing.practice_id)
        .where(
            Standing.standing == filters.standing, ~Service.is_retired, Practice.state.in_(EVALUATED),
            *_of_team(filters), *_of_area(filters),
        )
        .correlate(None)
    )  # fmt: skip
