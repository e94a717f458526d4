"""Where each service and each arrow of a small graph stands: columns by layer, few crossings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain import graph

WIDTH, ROW, BOX_HEIGHT, MARGIN = 1_150, 36, 26, 12
BOX_LEAST, BOX_MOST, GAP_LEAST = 120, 190, 64
LETTER = 7.3  # width of one letter of the labels
SWEEPS = 4


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


def draw(needs: Mapping[str, Sequence[str]]) -> Drawing:
    """The drawing of services that need each other; the first column needs what stands to the right of it."""
    columns = _ordered(graph.layers(needs), needs)
    knot_of = {name: knot[0] for knot in graph.knots(needs) for name in knot}
    count = max(len(columns), 1)
    width = max(BOX_LEAST, min(BOX_MOST, (WIDTH - GAP_LEAST * count) // count))
    gap = max(GAP_LEAST, (WIDTH - width * count) // count)
    tallest = max((len(each) for each in columns), default=0)
    boxes = {
        name: Box(
            name, _shortened(name, int((width - 14) / LETTER)), MARGIN + column * (width + gap),
            MARGIN + row * ROW + (tallest - len(names)) * ROW // 2, name in knot_of,
        )
        for column, names in enumerate(columns) for row, name in enumerate(names)
    }  # fmt: skip
    arrows = [
        Arrow(_path(boxes[one], boxes[other], width, gap), one in knot_of and knot_of[one] == knot_of.get(other))
        for one, some in sorted(needs.items()) for other in sorted(some)
    ]  # fmt: skip
    whole = MARGIN * 2 + count * (width + gap)
    return Drawing(whole, MARGIN * 2 + tallest * ROW, width, BOX_HEIGHT, list(boxes.values()), arrows)


def _ordered(columns: Sequence[Sequence[str]], needs: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Each service near the middle of those that it is connected with, forth and back a few times."""
    near: dict[str, set[str]] = {}
    for one, some in needs.items():
        for other in some:
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
    ordered = [list(each) for each in columns]
    place = {name: row - len(names) / 2 for names in ordered for row, name in enumerate(names)}
    for sweep in range(SWEEPS):
        for names in ordered if sweep % 2 == 0 else reversed(ordered):
            here = set(names)
            middle = {
                name: sum(place[each] for each in beside) / len(beside)
                if (beside := near[name] - here)
                else place[name]
                for name in names
            }
            names.sort(key=lambda name, middle=middle: (middle[name], name))  # type: ignore[misc] # bound at once
            place |= {name: row - len(names) / 2 for row, name in enumerate(names)}
    return ordered


def _path(one: Box, other: Box, width: int, gap: int) -> str:
    """From the right side of the one to the left side of the other; within a column, around the right side."""
    y1, y2 = one.y + BOX_HEIGHT // 2, other.y + BOX_HEIGHT // 2
    if one.x == other.x:
        out = one.x + width + min(gap - 14, 22 + abs(y1 - y2) // 6)
        shift = 5 if y1 < y2 else -5  # there and back are two lines
        return f"M{one.x + width} {y1 + shift}C{out} {y1 + shift} {out} {y2 - shift} {other.x + width + 3} {y2 - shift}"
    x1, x2 = one.x + width, other.x - 3
    bend = max((x2 - x1) // 2, 24)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"


def _shortened(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
