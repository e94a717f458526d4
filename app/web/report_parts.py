"""The sections of a report as a page lays them out: parts within parts, tables with few columns, long ones folded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from markupsafe import Markup

from app.domain.report import Figures
from app.faces import charts
from app.faces.section import Cell, Column, Section
from app.faces.sections import sections
from app.queries.audience import MINE
from app.queries.reports import Kept

SHOWN = 8  # rows of a table before it is unfolded
_BESIDE = frozenset({"title", "statement", "severity", "team"})  # they stand in the cell of what they tell of

CHARTS: Mapping[str, Callable[[Figures], Markup]] = MappingProxyType(
    {"adoption": charts.adoption, "practices": charts.practices, "stages": charts.funnel, "heat": charts.heat}
)


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


def parts(kept: Kept, path: str) -> list[Part]:
    """In the order of the report, whose page is at `path`. A picture is drawn only where there is something to see."""
    made: list[Part] = []
    for each in sections(kept.figures, path):
        draw = CHARTS.get(each.key)
        part = Part(each, _table(_own(each, kept)), draw(kept.figures) or None if draw else None)
        if each.level > 2 and made:
            made[-1].inner.append(part)
        else:
            made.append(part)
    return made


def _own(of: Section, kept: Kept) -> Section:
    """A person's own report has rows of its own behind the share of a practice, which nobody else may look at."""
    if of.key != "practices" or kept.audience.about != MINE or kept.is_preview:
        return of
    at = next(nth for nth, column in enumerate(of.columns) if column.key == "adopted")
    path = f"/reports/{kept.week.name}/practices"
    rows = [
        [
            replace(cell, path=f"{path}/{line.number}?about={MINE}") if nth == at else cell
            for nth, cell in enumerate(row)
        ]
        for row, line in zip(of.rows, kept.figures.practices, strict=True)
    ]
    return replace(of, rows=rows)


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
