"""The adoption matrix: services × practices, filtered and paged both ways. However many cells there are, it looks up
those of one page and scans none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import String, and_, case, cast, func, or_, select, true
from sqlalchemy.orm import Session

from app.domain import adoption as rules
from app.models.adoption import Standing, Tally
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Team
from app.queries.absent import absent
from app.queries.matrix_filters import Filters, of_practices, of_services
from app.queries.utc_day import utc_day

ROWS, COLUMNS = 50, 30
COUNTED_MAX = 25_000  # cells of some services that are counted for a page; those of all are kept in tallies
SUMMED = (rules.ADOPTED, rules.NOT_ADOPTED, rules.UNKNOWN, rules.EXEMPT)
KEPT, COUNTED, NOT_COUNTED = "kept", "counted", "not_counted"
_WITHOUT_TALLY = "without_tally"
# Tables, not classes, where many rows are read for nothing but their values; and made once, what never changes.
_CELL: Any = Standing.__table__.c
_SERVICE: Any = Service.__table__.c
_TEAM: Any = Team.__table__.c
_COUNTS: Any = [
    func.count(Practice.id),
    func.count(Tally.practice_id),
    *[func.sum(getattr(Tally, each)) for each in SUMMED],
]
_WHOLE = select(*[func.coalesce(each, 0) for each in _COUNTS]).outerjoin(Tally, Tally.practice_id == Practice.id)
_COLUMNS = select(
    Practice.id, Practice.number, Practice.statement, Practice.level, Tally.practice_id,
    *[func.coalesce(each.over(), 0) for each in _COUNTS],
).outerjoin(Tally, Tally.practice_id == Practice.id)  # fmt: skip
_CELLS = select(
    _CELL.service_id,
    func.aggregate_strings(
        cast(_CELL.practice_id, String) + " " + _CELL.standing + " " + cast(utc_day(_CELL.since), String), ","
    ),
).group_by(_CELL.service_id)


class Block(NamedTuple):
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
    """One practice that machines measure."""

    id: int
    key: str  # the id as text
    number: int
    statement: str
    level: str
    absent: str  # the standing where there is no cell


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
    and the day since when ("adopted 2026-03-02"), by service and then by the id of the practice, as text."""

    teams: Sequence[tuple[str, str]]
    groups: Sequence[tuple[Block, Sequence[Line]]]
    columns: Sequence[Column]
    cells: Mapping[int, Mapping[str, str]]
    figures: Figures


def load(session: Session, filters: Filters, row_page: int, column_page: int) -> Matrix:
    """One part of the matrix, and the figures of the whole. Five queries; one more where cells have to be counted."""
    columns, whole = _columns(session, filters, (column_page - 1) * COLUMNS)
    matching = of_services(filters, _ids(session, filters) if filters.standing else ())
    blocks = _blocks(session, matching)
    groups = _groups(session, matching, blocks, (row_page - 1) * ROWS)
    services = sum(each.services for each in blocks)
    return Matrix(
        [(each.name, each.title) for each in blocks if each.name is not None], groups, columns,
        _cells(session, [line.id for _, lines in groups for line in lines], [each.id for each in columns]),
        _figures(session, filters, matching, services, whole),
    )  # fmt: skip


def _columns(session: Session, filters: Filters, skip: int) -> tuple[list[Column], Mapping[str, int]]:
    """The practices of one page. And how many match, of how many of them somebody keeps count, and what the counts add
    up to: told beside each, for a question more costs more than that."""
    matching = of_practices(filters)
    page: Any = _COLUMNS.where(*matching).order_by(Practice.number).limit(COLUMNS).offset(skip)
    rows = session.execute(page).all()
    sums = rows[0][5:] if rows else session.execute(_WHOLE.where(*matching)).one()
    columns = [
        Column(key, str(key), number, statement, level, absent(tally_id))
        for key, number, statement, level, tally_id in (row[:5] for row in rows)
    ]
    return columns, dict(zip(("practices", "tallies", *SUMMED), map(int, sums), strict=True))


def _ids(session: Session, filters: Filters) -> Sequence[int]:
    return session.scalars(select(Practice.id).where(*of_practices(filters))).all()


def _blocks(session: Session, matching: Sequence[Any]) -> list[Block]:
    """Every team by title with how many of its services match, those without a team last. Two queries."""
    count: dict[int | None, int] = dict(
        session.execute(select(_SERVICE.team_id, func.count()).where(*matching).group_by(_SERVICE.team_id)).all()
    )
    teams = session.execute(select(_TEAM.id, _TEAM.name, _TEAM.title)).all()
    titled = sorted([(title.lower(), key, name, title) for key, name, title in teams])
    found = [Block(key, name, title, count.get(key, 0)) for _, key, name, title in titled]
    return [*found, Block(None, None, "No team", count.get(None, 0))]


def _groups(
    session: Session, matching: Sequence[Any], blocks: Sequence[Block], skip: int
) -> list[tuple[Block, list[Line]]]:
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
    mine = Service.team_id.in_(ids)
    place = [case({each: at for at, each in enumerate(ids)}, value=Service.team_id, else_=len(ids))] if ids else []
    rows = session.execute(
        select(Service.id, Service.name, Service.tier, Service.team_id)
        .where(*matching, mine if len(ids) == len(here) else or_(mine, Service.team_id.is_(None)))
        .order_by(*place, Service.tier, Service.name)
        .limit(ROWS)
        .offset(skip - before)
    )
    found: dict[int | None, list[Line]] = {each.id: [] for each in here}
    for row in rows:
        found[row.team_id].append(Line(*row))
    return [(each, found[each.id]) for each in here if found[each.id]]


def _cells(session: Session, service_ids: Sequence[int], practice_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The cells of a line come as one text: there are 1,500 of them on a page, and as rows they cost twice as much."""
    rows = session.execute(_CELLS.where(_CELL.practice_id.in_(practice_ids), _CELL.service_id.in_(service_ids)))
    return {service_id: dict(each.split(" ", 1) for each in text.split(",")) for service_id, text in rows}


def _figures(
    session: Session, filters: Filters, matching: Sequence[Any], services: int, whole: Mapping[str, int]
) -> Figures:
    """From the tallies, if it is about every service; counted otherwise, if there are not too many cells for that."""
    practices = whole["practices"]
    cells, how, count = services * practices, KEPT, dict(whole)
    if filters.names_services or whole["tallies"] < practices:
        if filters.names_services and cells > COUNTED_MAX:
            return Figures(services, practices, how=NOT_COUNTED)
        how, count = COUNTED, _counted(session, filters, matching)
        count[rules.UNKNOWN] += services * (practices - whole["tallies"]) - count.pop(_WITHOUT_TALLY)
    applicable = count[rules.ADOPTED] + count[rules.NOT_ADOPTED] + count[rules.UNKNOWN]
    if not applicable:
        return Figures(services, practices, how=how)
    return Figures(
        services, practices, count[rules.ADOPTED], count[rules.NOT_ADOPTED], count[rules.UNKNOWN], applicable, how
    )


def _counted(session: Session, filters: Filters, matching: Sequence[Any]) -> dict[str, int]:
    """Each cell is looked up by practice and service. The limit keeps databases from asking the conditions anew for
    every practice. Also how many cells there are of practices of which nobody keeps a tally: the rest is unknown."""
    some = select(Service.id).where(*matching).limit(COUNTED_MAX if filters.names_services else None).subquery()
    rows = session.execute(
        select(Standing.standing, func.count(), func.count() - func.count(Tally.practice_id))
        .select_from(Practice)
        .outerjoin(Tally, Tally.practice_id == Practice.id)
        .join(some, true())
        .join(Standing, and_(Standing.practice_id == Practice.id, Standing.service_id == some.c.id))
        .where(*of_practices(filters))
        .group_by(Standing.standing)
    )
    found = dict.fromkeys((*SUMMED, _WITHOUT_TALLY), 0)
    for name, number, without_tally in rows:
        found[name] = number
        found[_WITHOUT_TALLY] += without_tally
    return found
