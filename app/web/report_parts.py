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

SHOWN, BESIDE_CHART = 8, 5  # rows of a table before it is unfolded; fewer where a picture shows most of them
# The columns of the page: what stands beside each other in one cell. Those that are not named have a cell of their own.
_TOGETHER = (
    ("incident", "severity", "title"), ("item", "title", "priority"), ("practice", "statement"),
    ("service", "tier", "team"), ("adopted", "missing", "target", "unknown"), ("at", "recovered_at"),
    ("due_on", "days_over"),
)  # fmt: skip
_LEFT_OUT = frozenset(
    {("campaigns", "applicable"), ("practices", "level"), ("movers", "minutes_unknown")}
)  # told elsewhere
_FOLDED = frozenset({"stages"})  # tables that say what the picture above them says
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
    shown: int = SHOWN

    @property
    def first(self) -> Sequence[Sequence[Sequence[Cell]]]:
        """Those that are seen at once. One row more is no reason to fold it."""
        return self.rows if len(self.rows) <= self.shown + 1 else self.rows[: self.shown]

    @property
    def rest(self) -> Sequence[Sequence[Sequence[Cell]]]:
        return self.rows[len(self.first) :]


@dataclass
class Part:
    """One section, its picture if it has one, and the smaller ones that belong to it."""

    section: Section
    table: Table
    is_folded: bool = False
    chart: Markup | None = None
    inner: list[Part] = field(default_factory=list)


def parts(kept: Kept, path: str) -> list[Part]:
    """In the order of the report, whose page is at `path`. A picture is drawn only where there is something to see."""
    made: list[Part] = []
    for each in sections(kept.figures, path):
        draw = CHARTS.get(each.key)
        part = Part(each, _table(_own(each, kept)), each.is_detail or each.key in _FOLDED)
        part.chart = draw(kept.figures) or None if draw else None
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
    keys = [each.key for each in of.columns]
    left = [key for key in keys if (of.key, key) not in _LEFT_OUT]
    places: list[list[int]] = []
    while left:
        together = next((some for some in _TOGETHER if some[0] == left[0] and len(left) > 1), (left[0],))
        if of.key == "teams":  # three figures to be read beside each other
            together = (left[0],)
        places.append([keys.index(each) for each in together if each in left])
        left = [each for each in left if each not in together]
    heads = [Head(of.columns[first], [of.columns[at] for at in others]) for first, *others in places]
    rows = [[[row[at] for at in some] for some in places] for row in of.rows]
    return Table(heads, rows, BESIDE_CHART if of.key == "practices" else SHOWN)
