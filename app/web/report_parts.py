"""The sections of a report as a page lays them out: parts within parts, tables with few columns, long ones folded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from markupsafe import Markup

from app.domain.report import Figures
from app.faces.section import Cell, Column, Section
from app.queries.audience import MINE, TEAM, Audience

SHOWN = 8  # rows of a table before it is unfolded
_BESIDE = frozenset({"title", "statement", "severity", "team"})  # they stand in the cell of what they tell of


@dataclass(frozen=True)
class Head:
    """One column of the page; `others` stand beside its value in the same cell."""

    column: Column
    others: Sequence[Column] = ()

    @property
    def title(self) -> str:
        return self.column.title


@dataclass(frozen=True)
class Table:
    """`rows` are of cells, and each of these is a list: the value, and what stands beside it."""

    heads: Sequence[Head]
    rows: Sequence[Sequence[Sequence[Cell]]]

    @property
    def first(self) -> Sequence[Sequence[Sequence[Cell]]]:
        """Those that are seen at once. One row more is no reason to fold it."""
        return self.rows if len(self.rows) <= SHOWN + 1 else self.rows[:SHOWN]

    @property
    def rest(self) -> Sequence[Sequence[Sequence[Cell]]]:
        return self.rows[len(self.first) :]


@dataclass
class Part:
    """One section, its picture if it has one, and the smaller ones that belong to it."""

    section: Section
    table: Table
    chart: Markup | None = None
    inner: list[Part] = field(default_factory=list)


def parts(sections: Sequence[Section], charts: dict[str, Callable[[Figures], str]], figures: Figures) -> list[Part]:
    """In the order of the report. A picture is drawn only where there is something to see."""
    made: list[Part] = []
    for each in sections:
        part = Part(each, _table(each))
        if each.key in charts and (drawn := charts[each.key](figures)):
            part.chart = Markup(drawn)  # noqa: S704 - app/faces/charts escapes every text that it draws
        if each.level > 2 and made:
            made[-1].inner.append(part)
        else:
            made.append(part)
    return made


def linker(here: str, of: Audience) -> Callable[[str], str]:
    """Where a cell leads, seen from the report `here`: other weeks, and the rows behind a practice, are of its audience."""
    query = ""
    if of.path:
        query = "?about=mine" if of.about == MINE else f"?{urlencode({'team': of.about.removeprefix(TEAM)})}"

    def linked(path: str) -> str:
        _, room, *rest = path.split("/", 3)
        if room != "reports" or not rest:
            return path
        return f"/reports/{here}/{rest[1]}{query}" if len(rest) > 1 else path + of.path

    return linked


def _table(of: Section) -> Table:
    places: list[list[int]] = []
    for at, column in enumerate(of.columns):
        if places and column.key in _BESIDE and _may_join(of.columns[places[-1][0]], column):
            places[-1].append(at)
        else:
            places.append([at])
    heads = [Head(of.columns[first], [of.columns[at] for at in others]) for first, *others in places]
    return Table(heads, [[[row[at] for at in some] for some in places] for row in of.rows])


def _may_join(head: Column, column: Column) -> bool:
    return not head.is_number and (column.key != "team" or head.key == "service")
