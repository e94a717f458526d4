"""Where each service and each arrow of a small graph stands: columns by layer, no arrow through a box."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.domain import graph

WIDTH, ROW, LANE, BOX_HEIGHT, MARGIN = 1_106, 36, 12, 26, 12
BOX_LEAST, BOX_MOST, GAP_LEAST = 102, 190, 40
LETTER = 7.3  # width of one letter of the labels
SWEEPS = 8


@dataclass(frozen=True)
class Box:
    """One service; `label` is its name, shortened to fit."""

    name: str
    label: str
    x: int
    y: int
    is_in_circle: bool


@dataclass(frozen=True)
class Arrow:
    """From a service to one that it needs, as the path of an SVG."""

    path: str
    is_in_circle: bool


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    box_width: int
    box_height: int
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]


@dataclass(frozen=True, order=True)
class _Stop:
    """What stands in a column: a service, or the lane of all arrows that pass on their way to one service behind it."""

    name: str
    to: str = ""
    column: int = 0

    @property
    def height(self) -> int:
        return LANE if self.to else ROW


def draw(needs: Mapping[str, Sequence[str]]) -> Drawing:
    """The drawing of services that need each other; the first column needs what stands to the right of it."""
    named = graph.layers(needs)
    knot_of = {name: knot[0] for knot in graph.knots(needs) for name in knot}
    ways = list(_ways(needs, {name: column for column, names in enumerate(named) for name in names}))
    columns = _ordered([[_Stop(name) for name in names] for names in named], ways, knot_of)
    count = max(len(columns), 1)
    width = max(BOX_LEAST, min(BOX_MOST, (WIDTH - 64 * (count - 1)) // count))
    gap = max(GAP_LEAST, (WIDTH - width * count) // max(count - 1, 1)) if count > 1 else GAP_LEAST
    gap = min(gap, 4 * GAP_LEAST)
    middles, height = _middles(columns)
    left = {stop: MARGIN + column * (width + gap) for column, stops in enumerate(columns) for stop in stops}
    boxes = [
        Box(stop.name, _shortened(stop.name, int((width - 14) / LETTER)), left[stop], middles[stop] - BOX_HEIGHT // 2,
            stop.name in knot_of)
        for stops in columns for stop in stops if not stop.to
    ]  # fmt: skip
    arrows = []
    for way in ways:
        one, other = way[0].name, way[-1].name
        points = [(left[stop], middles[stop]) for stop in way]
        is_in_circle = one in knot_of and knot_of[one] == knot_of.get(other)
        arrows.append(Arrow(_around(points, width, gap) if is_in_circle else _along(points, width), is_in_circle))
    aside = GAP_LEAST if columns and any(stop.name in knot_of for stop in columns[-1]) else 0
    whole = MARGIN * 2 + count * width + (count - 1) * gap + aside
    return Drawing(whole, height, width, BOX_HEIGHT, boxes, arrows)


def _ways(needs: Mapping[str, Sequence[str]], column_of: Mapping[str, int]) -> Iterator[list[_Stop]]:
    """Each arrow as the stops that it makes."""
    for one in sorted(needs):
        for other in sorted(needs[one]):
            lanes = [_Stop("", other, column) for column in range(column_of[one] + 1, column_of[other])]
            yield [_Stop(one), *lanes, _Stop(other)]


def _ordered(
    columns: Sequence[list[_Stop]], ways: Sequence[Sequence[_Stop]], knot_of: Mapping[str, str]
) -> Sequence[list[_Stop]]:
    """Each stop near the middle of those that it is connected with, forth and back some times; a knot together."""
    near: dict[_Stop, set[_Stop]] = {}
    for way in ways:
        for stop in way[1:-1]:
            if stop not in columns[stop.column]:
                columns[stop.column].append(stop)
        for one, other in pairwise(way):
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
    place = _middles(columns)[0]
    for sweep in range(SWEEPS):
        for stops in columns if sweep % 2 == 0 else reversed(columns):
            wish = {}
            for stop in stops:
                beside = [place[each] for each in near.get(stop, ()) if each not in stops]
                wish[stop] = sum(beside) / len(beside) if beside else place[stop]
            together = {stop: knot_of.get(stop.name, "") for stop in stops}
            for knot in {*together.values()} - {""}:
                group = [stop for stop in stops if together[stop] == knot]
                wish |= dict.fromkeys(group, sum(wish[stop] for stop in group) / len(group))
            stops.sort(key=lambda stop, wish=wish, of=together: (wish[stop], of[stop], stop))  # type: ignore[misc] # at once
            place |= _middles([stops])[0]
        place = _middles(columns)[0]
    return columns


def _middles(columns: Sequence[Sequence[_Stop]]) -> tuple[dict[_Stop, int], int]:
    """How far down the middle of each stop is, columns centred; and the height of the tallest column."""
    tallest = max((sum(stop.height for stop in stops) for stops in columns), default=0)
    found: dict[_Stop, int] = {}
    for stops in columns:
        at = MARGIN + (tallest - sum(stop.height for stop in stops)) // 2
        for stop in stops:
            found[stop] = at + stop.height // 2
            at += stop.height
    return found, tallest + 2 * MARGIN


def _along(points: Sequence[tuple[int, int]], width: int) -> str:
    """From the right side of the first to the left side of the last, through the lanes between."""
    (x, y), last = points[0], len(points) - 1
    path = f"M{x + width} {y}"
    x += width
    for number, (to_x, to_y) in enumerate(points[1:], 1):
        end = to_x - 2 if number == last else to_x
        bend = (end - x) // 2
        path += f"C{x + bend} {y} {end - bend} {to_y} {end} {to_y}"
        if number != last:
            path += f"H{to_x + width}"
        x, y = to_x + width, to_y
    return path


def _around(points: Sequence[tuple[int, int]], width: int, gap: int) -> str:
    """Within one column: around the right side, there and back on two lines."""
    (x, y1), (_, y2) = points[0], points[-1]
    out = x + width + min(gap - 14, 24 + abs(y1 - y2) // 6)
    shift = 5 if y1 < y2 else -5
    return f"M{x + width} {y1 + shift}C{out} {y1 + shift} {out} {y2 - shift} {x + width + 2} {y2 - shift}"


def _shortened(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
