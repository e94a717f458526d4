"""The adoption matrix: services × practices, filtered and paged both ways. However many cells there are, it looks up
those of one page and scans none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.domain import adoption as rules
from app.models.adoption import Standing, Tally
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Team
from app.queries.matrix_filters import Filters, of_practices, of_services
from app.queries.utc_day import utc_day

ROWS, COLUMNS = 50, 30
COUNTED_MAX = 25_000  # cells of some services that are counted for a page; those of all are kept in tallies
KEPT, COUNTED, NOT_COUNTED = "kept", "counted", "not_counted"


@dataclass(frozen=True)
class Block:
    """A team, and how many of its services match. `id` and `name` are None for services without a team."""

    id: int | None
    name: str | None
    title: str
    services: int


@dataclass(frozen=True)
class Line:
    """One service."""

    id: int
    name: str
    tier: int
    team_id: int | None


@dataclass(frozen=True)
class Column:
    """One practice that machines measure, and how many services stand where on it; None: nobody has kept count."""

    id: int
    number: int
    statement: str
    level: str
    counts: Mapping[str, int] | None


@dataclass(frozen=True)
class Figures:
    """Over all pages. A cell without a standing is unknown; None: it cannot be known. `how` they were found."""

    services: int
    practices: int
    adopted: int | None = None
    not_adopted: int | None = None
    unknown: int | None = None
    applicable: int = 0
    how: str = KEPT


@dataclass(frozen=True)
class Matrix:
    """`teams` are all that there are, for the filter; `groups` those of this page, with their lines. `cells`: standing
    and the day since when, by service and practice."""

    teams: Sequence[tuple[str, str]]
    groups: Sequence[tuple[Block, Sequence[Line]]]
    columns: Sequence[Column]
    cells: Mapping[tuple[int, int], tuple[str, date]]
    figures: Figures


def load(session: Session, filters: Filters, row_page: int, column_page: int) -> Matrix:
    """One part of the matrix, and the figures of the whole. Five queries; six where nobody has kept count."""
    columns = _columns(session, filters)
    filters_of = of_services(filters, [each.id for each in columns])
    teams = session.execute(select(Team.id, Team.name, Team.title)).all()
    counts: dict[int | None, int] = dict(
        session.execute(select(Service.team_id, func.count()).where(*filters_of).group_by(Service.team_id)).all()
    )
    blocks = [
        Block(*each, counts.get(each.id, 0)) for each in sorted(teams, key=lambda each: (each.title.lower(), each.id))
    ]
    blocks.append(Block(None, None, "No team", counts.get(None, 0)))
    groups = _groups(session, filters_of, blocks, (row_page - 1) * ROWS)
    shown = columns[(column_page - 1) * COLUMNS : column_page * COLUMNS]
    return Matrix(
        [(each.name, each.title) for each in blocks if each.name is not None], groups, shown,
        _cells(session, [line.id for _, lines in groups for line in lines], [each.id for each in shown]),
        _figures(session, filters, filters_of, sum(counts.values()), columns),
    )  # fmt: skip


def _columns(session: Session, filters: Filters) -> list[Column]:
    kept = [getattr(Tally, each) for each in rules.STANDINGS]
    rows = session.execute(
        select(Practice.id, Practice.number, Practice.statement, Practice.level, Tally.practice_id, *kept)
        .outerjoin(Tally, Tally.practice_id == Practice.id)
        .where(*of_practices(filters))
        .order_by(Practice.number)
    )
    return [
        Column(*[*row[:4], dict(zip(rules.STANDINGS, row[5:], strict=True)) if row[4] is not None else None])
        for row in rows
    ]


def _groups(session: Session, filters_of: Sequence[Any], blocks: Sequence[Block], skip: int) -> Any:
    """The lines of one page; of services only those of the teams that stand on it are read."""
    here, before, at = list[Block](), 0, 0
    for each in blocks:
        if at < skip + ROWS and at + each.services > skip:
            before = before if here else at
            here.append(each)
        at += each.services
    if not here:
        return []
    ids = [each.id for each in here if each.id is not None]
    mine = (
        or_(Service.team_id.in_(ids), Service.team_id.is_(None)) if len(ids) < len(here) else Service.team_id.in_(ids)
    )
    place = [case({each: at for at, each in enumerate(ids)}, value=Service.team_id, else_=len(ids))] if ids else []
    rows = session.execute(
        select(Service.id, Service.name, Service.tier, Service.team_id)
        .where(*filters_of, mine)
        .order_by(*place, Service.tier, Service.name)
        .limit(ROWS)
        .offset(skip - before)
    )
    found: dict[int | None, list[Line]] = {each.id: [] for each in here}
    for row in rows:
        found[row.team_id].append(Line(*row))
    return [(each, found[each.id]) for each in here if found[each.id]]


def _cells(session: Session, service_ids: Sequence[int], practice_ids: Sequence[int]) -> dict[tuple[int, int], Any]:
    rows = session.execute(
        select(Standing.service_id, Standing.practice_id, Standing.standing, utc_day(Standing.since)).where(
            Standing.practice_id.in_(practice_ids), Standing.service_id.in_(service_ids)
        )
    )
    return {(service_id, practice_id): (standing, since) for service_id, practice_id, standing, since in rows}


def _figures(
    session: Session, filters: Filters, filters_of: Sequence[Any], services: int, columns: Sequence[Column]
) -> Figures:
    """From the tallies, if it is about every service; counted otherwise, if there are not too many cells for that."""
    cells, how = services * len(columns), KEPT
    count = dict.fromkeys(rules.STANDINGS, 0)
    if filters.names_services:
        if cells > COUNTED_MAX:
            return Figures(services, len(columns), how=NOT_COUNTED)
        left, how = list(columns), COUNTED
    else:
        left = [each for each in columns if each.counts is None]
        how = COUNTED if left else KEPT
        for each in columns:
            for name, number in (each.counts or {}).items():
                count[name] += number
    if left and services:
        for name, number in _counted(session, filters, filters_of, left):
            count[name] += number
    unknown = count[rules.UNKNOWN] + cells - sum(count.values())
    applicable = count[rules.ADOPTED] + count[rules.NOT_ADOPTED] + unknown
    if not applicable:
        return Figures(services, len(columns), how=how)
    return Figures(services, len(columns), count[rules.ADOPTED], count[rules.NOT_ADOPTED], unknown, applicable, how)


def _counted(session: Session, filters: Filters, filters_of: Sequence[Any], columns: Sequence[Column]) -> Any:
    rows = select(Standing.standing, func.count()).where(Standing.practice_id.in_([each.id for each in columns]))
    if filters.names_services:
        rows = rows.where(Standing.service_id.in_(select(Service.id).where(*filters_of)))
    else:
        rows = rows.join(Service, Service.id == Standing.service_id).where(*filters_of)
    return session.execute(rows.group_by(Standing.standing)).all()
