"""The burn-up of a campaign as points of a drawing: numbers only, so that a template draws it without thinking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain import campaign as rules
from app.domain.campaign import Day
from app.queries.campaign import Row

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 14, 28  # room for the figures at the axes
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


@dataclass(frozen=True)
class Chart:
    """Lines as `points` of a polyline; `levels` and `dates` are the figures at the axes with their places."""

    adopted: str
    target: str
    ideal: str
    here: tuple[float, float]
    levels: Sequence[tuple[float, int]]
    dates: Sequence[tuple[float, date, str]]
    summary: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


def chart(row: Row) -> Chart | None:
    """None: the campaign has not begun, or it applies to no service."""
    days, of = row.days, row.campaign
    top = max((max(each.applicable, each.adopted) for each in days), default=0)
    if not days or not top:
        return None
    span = max((of.ends_on - of.starts_on).days, 1)

    def at(on: date, count: float) -> tuple[float, float]:
        x = LEFT + (WIDTH - LEFT - RIGHT) * min((on - of.starts_on).days, span) / span
        return round(x, 1), round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * count / top, 1)

    goal = [(each.on, rules.needed(of.target_percent, each.applicable)) for each in _thin(days)]
    goal.append((of.ends_on, goal[-1][1]))
    return Chart(
        _points(at(each.on, each.adopted) for each in _thin(days)), _points(at(*each) for each in goal),
        _points([at(of.starts_on, days[0].adopted), at(of.ends_on, row.ideal(of.ends_on))]),
        at(days[-1].on, days[-1].adopted), [(at(of.starts_on, each)[1], each) for each in _levels(top)],
        [(at(each, 0)[0], each, anchor) for each, anchor in _dates(of.starts_on, of.ends_on)], _summary(row),
    )  # fmt: skip


def _summary(row: Row) -> str:
    last, of = row.days[-1], row.campaign
    needed = f"{row.needed} is" if row.needed == 1 else f"{row.needed} are"
    return (
        f"{last.adopted} of {last.applicable} services have adopted it on {last.on.day} {last.on:%B %Y}; "
        f"{needed} needed for {of.target_percent}% by {of.ends_on.day} {of.ends_on:%B %Y}."
    )


def _thin(days: Sequence[Day]) -> Sequence[Day]:
    """The days on which a line bends, and the last one: a straight line needs no points between."""
    kept = [days[0]]
    for before, each, after in zip(days, days[1:], days[2:], strict=False):
        same = (each.adopted, each.applicable)
        if same != (before.adopted, before.applicable) or same != (after.adopted, after.applicable):
            kept.append(each)
    return [*kept, days[-1]] if len(days) > 1 else kept


def _points(points: Iterator[tuple[float, float]] | Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _levels(top: int) -> list[int]:
    """At most five round figures."""
    step = next((each for each in STEPS if top / each <= 5), top)
    return list(range(0, top + 1, step))


def _dates(first: date, last: date) -> list[tuple[date, str]]:
    """The first day, the middle if there is room, and the last day; each with its side of the text."""
    middle = first + timedelta(days=(last - first).days // 2)
    inner = [(middle, "middle")] if (last - first).days > 6 else []
    return [(first, "start"), *inner, (last, "end")]
