"""Adoption over the last weeks with its target, for a page: as wide as there is room, its letters always the same."""

from __future__ import annotations

from markupsafe import Markup

from app.domain.report import Figures
from app.faces.charts.marks import chart, hatch, hatched, line, part, svg, tag, text
from app.faces.charts.trend import Trend, beside, trend

TOP, PLOT, BELOW = 28, 208, 28  # pixels; the stylesheet keeps room at both sides
FLOOR = TOP + PLOT


def adoption(figures: Figures, prefix: str = "chart-adoption") -> Markup:
    """The SVG. `prefix` makes ids that no other element of the page has."""
    of = trend(figures)
    return chart(
        "adoption",
        svg(
            prefix, "Adoption", of.summary, FLOOR + BELOW, hatch(prefix), *_axes(of), *_gaps(of, prefix),
            *_target(of), _lines(of), *_weeks(of), *_now(of),
        ),
    )  # fmt: skip


def _y(share: float) -> float:
    return round(FLOOR - PLOT * share, 2)


def _axes(of: Trend) -> list[Markup]:
    drawn = []
    for at, said in of.levels:
        drawn.append(line(0, _y(at), "100%", _y(at), "chart-grid"))
        drawn.append(text(said, 0, _y(at) + 4, "chart-quiet", "end", dx=-8))
    for at, said in of.months:
        drawn.append(line(part(at), FLOOR, part(at), FLOOR + 5, "chart-tick"))
        drawn.append(text(said, part(at), FLOOR + 20, "chart-quiet"))
    return drawn


def _gaps(of: Trend, prefix: str) -> list[Markup]:
    drawn = []
    for since, until, said in of.gaps:
        drawn.append(tag("rect", x=part(since), y=TOP, width=part(until - since), height=PLOT, fill=hatched(prefix)))
        anchor, x, shift = beside(since, until)
        drawn.append(text(said, part(x), FLOOR - 8, "chart-quiet chart-halo", anchor, dx=shift))
    return drawn


def _target(of: Trend) -> list[Markup]:
    if of.target is None:
        return []
    y = _y(of.target)
    said = y - 7 if y > TOP + 30 else y + 16  # never above the drawing, nor through its highest line
    return [line(0, y, "100%", y, "chart-goal"), text(of.target_said, 0, said, "chart-goal-said chart-halo", dx=2)]


def _lines(of: Trend) -> Markup:
    """In a drawing of its own that is stretched to the width, its strokes are not."""
    drawn = []
    for run in of.runs:
        if len(run) > 1:
            points = " ".join(f"{round(100 * x, 2):g},{_y(y) - TOP:g}" for x, y in run)
            drawn.append(tag("polyline", points=points, class_="chart-line"))
    box = {"viewBox": f"0 0 100 {PLOT}", "preserveAspectRatio": "none"}
    plot = tag("svg", *drawn, y=TOP, width="100%", height=PLOT, **box)
    lone = [tag("circle", cx=part(run[0][0]), cy=_y(run[0][1]), r=2.5, class_="chart-dot")
            for run in of.runs if len(run) == 1]  # fmt: skip
    return Markup("").join([plot, *lone])


def _weeks(of: Trend) -> list[Markup]:
    """What a week was, for whoever points at it."""
    drawn = []
    step = 1 / max(len(of.marks) - 1, 1)
    for each in of.marks:
        since, until = max(each.x - step / 2, 0.0), min(each.x + step / 2, 1.0)
        inner = [
            tag("title", each.said),
            tag("rect", x=part(since), y=TOP, width=part(until - since), height=PLOT, class_="chart-hit"),
        ]
        if each.y is not None:
            inner += [
                line(part(each.x), TOP, part(each.x), FLOOR, "chart-guide"),
                tag("circle", cx=part(each.x), cy=_y(each.y), r=4, class_="chart-dot chart-guide"),
            ]
        drawn.append(tag("g", *inner, class_="chart-week"))
    return drawn


def _now(of: Trend) -> list[Markup]:
    """The last value beside its dot; where it is not known, in the middle of the height."""
    last = of.marks[-1].y if of.marks else None
    y = _y(0.5 if last is None else last)
    drawn = [] if last is None else [tag("circle", cx="100%", cy=y, r=5, class_="chart-dot")]
    at = min(y + 5, FLOOR - 17 * (len(of.now) - 1))
    first, *rest = of.now
    drawn.append(text(first, "100%", at, "chart-strong chart-quiet" if last is None else "chart-now", dx=12))
    drawn += [text(said, "100%", at + 17 * row, "chart-quiet", dx=12) for row, said in enumerate(rest, 1)]
    return drawn
