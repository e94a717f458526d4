"""Where the cells of the matrix stood at the end of weeks, counted from their history: the dear part of a report, read
once for all audiences of the same instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.domain.adoption import COUNTED
from app.domain.report_sections import Count
from app.models.adoption import PastStanding, Standing
from app.models.catalog import Service

_NOW: Any = Standing.__table__.c
_PAST: Any = PastStanding.__table__.c
_TEAM: Any = Service.__table__.c
Teams = frozenset[int] | None


class Group(NamedTuple):
    """So many cells of a practice and a team (None: nobody's) with one standing, each from one instant to another: as
    places in a list of marks. Just before the marks from `first` until the one before `last` they stood so."""

    practice: int
    team: int | None
    standing: str
    first: int
    last: int
    cells: int


@dataclass
class Tally:
    """Counts of cells at each of some marks."""

    marks: int
    counts: dict[str, list[int]] = field(default_factory=dict)

    def add(self, of: Group) -> None:
        """At each mark that the group stood so."""
        changes = self.counts.setdefault(of.standing, [0] * (self.marks + 1))
        changes[of.first] += of.cells
        changes[of.last] -= of.cells

    def at(self, mark: int) -> Count:
        return Count(*(sum(self.counts.get(each, (0,))[: mark + 1]) for each in COUNTED))


@dataclass(frozen=True)
class Cells:
    """`groups`: by practice and team at a few marks. `totals`: by team alone at all marks, where practice is 0."""

    groups: Sequence[Group]
    totals: Sequence[Group]
    group_marks: int
    total_marks: int

    def by(self, what: str, teams: Teams) -> dict[int, Tally]:
        """A tally for each practice, or for each team that is somebody's, of the cells of these teams."""
        found: dict[int, Tally] = {}
        for each in self.groups:
            key = each.practice if what == "practice" else each.team
            if key is not None and (teams is None or each.team in teams):
                found.setdefault(key, Tally(self.group_marks)).add(each)
        return found

    def whole(self, teams: Teams) -> Tally:
        """All cells of these teams, at all marks."""
        found = Tally(self.total_marks)
        for each in self.totals:
            if teams is None or each.team in teams:
                found.add(each)
        return found

    def last(self, teams: Teams) -> dict[tuple[int, int], Count]:
        """By team and practice at the last mark; only cells of teams."""
        found: dict[tuple[int, int], Tally] = {}
        for each in self.groups:
            if each.team is not None and each.last == self.group_marks and (teams is None or each.team in teams):
                found.setdefault((each.team, each.practice), Tally(self.group_marks)).add(each)
        return {key: tally.at(self.group_marks - 1) for key, tally in found.items()}


def read(session: Session, few: Sequence[datetime], many: Sequence[datetime]) -> Cells:
    """The cells at a few marks by practice and team, and at many by team; both end with the same. Three queries."""
    due = list(_due(session, few[-1]))
    groups = [*_groups(session, few, by_practice=True), *_by_time_alone(due, few, by_practice=True)]
    totals = [*_groups(session, many, by_practice=False), *_by_time_alone(due, many, by_practice=False)]
    return Cells(groups, totals, len(few), len(many))


def _groups(session: Session, marks: Sequence[datetime], *, by_practice: bool) -> Iterator[Group]:
    last = marks[-1]
    practice = (lambda of: of.practice_id) if by_practice else (lambda _of: literal(0, Integer))
    past = (
        select(
            practice(_PAST).label("practice"), _TEAM.team_id.label("team"), _PAST.standing.label("standing"),
            _place(_PAST.since, marks).label("first"), _place(_PAST.until, marks).label("last"),
        )
        .join(Service, _TEAM.id == _PAST.service_id)
        .where(_PAST.until >= marks[0], _PAST.since < last, _PAST.standing.in_(COUNTED))
    )  # fmt: skip
    present = (
        select(
            practice(_NOW), _TEAM.team_id, _NOW.standing, _place(_NOW.since, marks), literal(len(marks), Integer)
        )
        .join(Service, _TEAM.id == _NOW.service_id)
        .where(_NOW.since < last, _NOW.standing.in_(COUNTED), or_(_NOW.due_at.is_(None), _NOW.due_at >= last))
    )  # fmt: skip
    rows = union_all(past, present).subquery()
    grouped = [rows.c.practice, rows.c.team, rows.c.standing, rows.c.first, rows.c.last]
    found: Any = session.execute(select(*grouped, func.count()).where(rows.c.first < rows.c.last).group_by(*grouped))
    return (Group(*row) for row in found)


def _place(at: Any, marks: Sequence[datetime], first: int = 0) -> Any:
    """The place of the first mark that is after an instant; searched by halves, which is five comparisons for 26 marks
    and not 26."""
    if not marks:
        return literal(first, Integer)
    half = len(marks) // 2
    return case(
        (at < marks[half], _place(at, marks[:half], first)), else_=_place(at, marks[half + 1 :], first + half + 1)
    )


def _due(session: Session, at: datetime) -> Iterator[Any]:
    """The few cells that time alone has changed by then, which nobody has written down yet."""
    return iter(
        session.execute(
            select(
                _NOW.practice_id, _TEAM.team_id, _NOW.standing, _NOW.since, _NOW.due_at, _NOW.due_standing, _NOW.later
            )
            .join(Service, _TEAM.id == _NOW.service_id)
            .where(and_(_NOW.due_at < at, _NOW.since < at))
        )
    )  # fmt: skip


def _by_time_alone(due: Iterable[Any], marks: Sequence[datetime], *, by_practice: bool) -> Iterator[Group]:
    for row in due:
        later = [(datetime.fromisoformat(at), standing) for at, standing in row.later or ()]
        steps = [(row.since, row.standing), (row.due_at, row.due_standing), *later]
        places = [sum(mark <= at for mark in marks) for at, _ in steps] + [len(marks)]
        for (_, standing), first, last in zip(steps, places, places[1:], strict=False):
            if standing in COUNTED and first < last:
                yield Group(row.practice_id if by_practice else 0, row.team_id, standing, first, last, 1)
