"""Which team is where with which practice: each cell has a colour and says its figures; hatched is not known."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from app.domain.report import HEAT, Figures
from app.domain.report_sections import Count, HeatCell
from app.faces import words
from app.faces.charts.marks import chart, fitted, hatch, hatched, svg, tag, text, width_of
from app.words import plural

ROW, HEAD, GAP = 34, 30, 3  # pixels
LEAST, NAMES = 52, 132  # pixels: the width of a cell, and of the names of teams
LEVELS = 4  # of what is left to do
KEYS = (
    ("done", "all"), ("1", "3 of 4 or more"), ("2", "half or more"), ("3", "1 of 4 or more"), ("4", "fewer"),
    ("unknown", "not known"),
)  # fmt: skip


def heat(figures: Figures, prefix: str = "chart-heat") -> Markup:
    """Teams by name, practices by number; names stay where they are while the map is moved. Empty with no cell."""
    of = figures.heat
    if not of.cells:
        return Markup("")
    teams = sorted(of.teams, key=lambda each: (each[1].casefold(), each[0]))[:HEAT]
    numbers = sorted(of.practices)[:HEAT]
    cells = {(each.team, each.practice): each for each in of.cells}
    width = max([LEAST, *(width_of(_said(each.count), 12) + 16 for each in of.cells)])
    whole = HEAD + ROW * len(teams)
    names = [text(fitted(title, NAMES - 10), 0, HEAD + ROW * at + 21) for at, (_, title) in enumerate(teams)]
    heads = [
        text(f"BP-{number}", width * at + width / 2, 18, "chart-quiet", "middle") for at, number in enumerate(numbers)
    ]
    drawn = [
        tag("g", *_cell(cells[name, number], title, width, prefix),
            transform=f"translate({width * column:g} {HEAD + ROW * row})")
        for row, (name, title) in enumerate(teams) for column, number in enumerate(numbers) if (name, number) in cells
    ]  # fmt: skip
    side = tag("svg", *names, width=NAMES, height=whole, aria_hidden="true", class_="chart-names")
    map_ = svg(prefix, "Teams and practices", summary(teams, numbers, of.cells), whole, hatch(prefix), *heads, *drawn,
               width=round(width * len(numbers)))  # fmt: skip
    moved = tag("div", map_, class_="chart-scroll", tabindex=0, role="group", aria_labelledby=f"{prefix}-title")
    return chart("heat", tag("div", side, moved, class_="chart-map"), _legend(prefix), *_more(figures, teams, numbers))


def summary(teams: Sequence[tuple[str, str]], numbers: Sequence[int], cells: Sequence[HeatCell]) -> str:
    """What is seen: how many cells are done, how many are not known, and where most is left to do."""
    of = [each for each in cells if each.count.applicable]
    done = sum(each.count.adopted == each.count.applicable for each in of)
    told = f"{plural(len(teams), 'team')}, {plural(len(numbers), 'practice')}. "
    told += f"In {done:,} of {plural(len(of), 'cell')} every service has adopted the practice."
    unknown = sum(each.count.unknown == each.count.applicable for each in of)
    if unknown:
        told += f" {plural(unknown, 'cell is', 'cells are')} not known."
    left: dict[int, int] = {}
    for each in of:
        left[each.practice] = left.get(each.practice, 0) + each.count.not_adopted
    most = max(sorted(left), key=lambda number: left[number], default=None)
    if most is not None and left[most]:
        told += f" Most is left to do on BP-{most}: {plural(left[most], 'service')}."
    return told


def _cell(of: HeatCell, title: str, width: float, prefix: str) -> list[Markup]:
    count, wide, high = of.count, width - GAP, ROW - GAP
    level = _level(count)
    inner = [
        tag("title", f"{words.plain(title)}, BP-{of.practice}: {words.share_whole(count)}"),
        tag("rect", width=wide, height=high, rx=3, class_=f"chart-cell chart-cell-{level}"),
    ]
    if level == "unknown":
        inner.append(tag("rect", width=wide, height=high, rx=3, fill=hatched(prefix)))
    elif count.unknown:  # a strip, as long as their part
        inner.append(
            tag("rect", y=high - 6, width=wide * count.unknown / count.applicable, height=6, fill=hatched(prefix))
        )
    return [*inner, text(_said(count), wide / 2, high / 2 + 4, "chart-cell-said", "middle")]


def _said(of: Count) -> str:
    if not of.applicable:
        return "exempt" if of.exempt else "none"
    if of.unknown == of.applicable:
        return f"? of {of.applicable:,}"
    return f"{'✓ ' if of.adopted == of.applicable else ''}{of.adopted:,}/{of.applicable:,}"


def _level(of: Count) -> str:
    """ "done", "unknown", "exempt", or how much is left to do, from 1 to LEVELS."""
    if not of.applicable:
        return "exempt"
    if of.unknown == of.applicable:
        return "unknown"
    left = of.applicable - of.adopted
    return str(-(-left * LEVELS // of.applicable)) if left else "done"


def _legend(prefix: str) -> Markup:
    """Words of the page, not of the drawing: they take the lines that they need."""
    keys = []
    for level, said in KEYS:
        square = tag("rect", width=16, height=16, rx=3, class_=f"chart-cell chart-cell-{level}")
        over = [tag("rect", width=16, height=16, rx=3, fill=hatched(prefix))] if level == "unknown" else []
        keys.append(tag("span", tag("svg", square, *over, width=16, height=16, aria_hidden="true"), said))
    return tag("p", tag("span", "Adopted by"), *keys, class_="chart-legend")


def _more(figures: Figures, teams: Sequence[tuple[str, str]], numbers: Sequence[int]) -> list[Markup]:
    of = figures.heat
    teams_more = max(of.teams_total, len(of.teams)) - len(teams)
    practices_more = max(of.practices_total, len(of.practices)) - len(numbers)
    told = [plural(teams_more, "more team")] if teams_more > 0 else []
    told += [plural(practices_more, "more practice")] if practices_more > 0 else []
    return [tag("p", f"and {' and '.join(told)}", class_="chart-more")] if told else []
