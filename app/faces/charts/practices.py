"""How far each practice is from its target: a dot for now, a faint one for a week before, a tick for the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from app.domain.report import Figures
from app.domain.report_sections import Count, PracticeLine
from app.faces import words
from app.faces.charts.marks import chart, line, part, svg, tag, text, wrapped
from app.words import plural

MOST = 12  # rows; the page has all of them
LEGEND = 34  # pixels above the rows


@dataclass(frozen=True)
class _Layout:
    """`room` in pixels for a line of the statement; the track from a share of the width to another one."""

    name: str
    row: int
    room: int
    since: float
    until: float
    track: int  # pixels below the top of the row


WIDE = _Layout("wide", 50, 284, 0.46, 0.85, 24)
NARROW = _Layout("narrow", 78, 210, 0.02, 0.98, 58)


def practices(figures: Figures, prefix: str = "chart-practices") -> Markup:
    """The furthest from its target first. Empty with no practice."""
    if not figures.practices:
        return Markup("")
    lines = sorted(figures.practices, key=lambda each: (-each.distance, each.number))
    return chart("practices", *(_draw(lines, layout, f"{prefix}-{layout.name}") for layout in (WIDE, NARROW)))


def summary(lines: Sequence[PracticeLine]) -> str:
    """What is seen: how many are at their target, and which one is the furthest away."""
    met = sum(not each.missing for each in lines)
    told = f"{met:,} of {plural(len(lines), 'practice')} {'is' if met == 1 else 'are'} at the target."
    furthest = lines[0]
    if furthest.missing:
        told += (
            f" The furthest away is {furthest.name}, {words.plain(furthest.statement).rstrip('.')}: "
            f"{words.share(furthest.now)}, {furthest.needed:,} are needed."
        )
    return told


def _draw(lines: Sequence[PracticeLine], layout: _Layout, prefix: str) -> Markup:
    shown, more = lines[:MOST], len(lines) - MOST
    drawn = [tag("g", *_row(each, layout), transform=f"translate(0 {LEGEND + layout.row * at})", class_="chart-row")
             for at, each in enumerate(shown)]  # fmt: skip
    height = LEGEND + layout.row * len(shown)
    if more > 0:
        drawn.append(text(f"and {more:,} more", 0, height + 16, "chart-quiet"))
        height += 26
    return svg(
        prefix, "Practices by distance to their targets", summary(lines), height, *_legend(layout), *drawn,
        class_=f"chart-{layout.name}",
    )  # fmt: skip


def _legend(layout: _Layout) -> list[Markup]:
    at = part(layout.since if layout is WIDE else 0)
    return [
        tag(
            "svg",
            tag("circle", cx=6, cy=12, r=5, class_="chart-dot"), text("now", 16, 16, "chart-quiet"),
            tag("circle", cx=60, cy=12, r=4, class_="chart-past"), text("a week before", 70, 16, "chart-quiet"),
            line(164, 5, 164, 19, "chart-mark"), text("target", 172, 16, "chart-quiet"),
            x=at, y=0, height=LEGEND,
        )
    ]  # fmt: skip


def _row(of: PracticeLine, layout: _Layout) -> list[Markup]:
    said = wrapped(of.statement, layout.room)
    top = 28 if len(said) == 1 and layout is WIDE else 20
    drawn = [
        tag(
            "title", f"{of.name} {words.plain(of.statement)}: {words.share_whole(of.now)}; target {of.target_percent} %"
        ),
        line(0, 0, "100%", 0, "chart-grid"),
        text(of.name, 0, top, "chart-strong"),
        *(text(each, 52, top + 17 * at) for at, each in enumerate(said)),
    ]
    first, second = _value(of)
    drawn.append(text(first, "100%", 20, "chart-strong" if of.missing else "chart-good", "end"))
    drawn.append(text(second, "100%", 37, "chart-quiet", "end"))
    return drawn + _track(of, layout)


def _value(of: PracticeLine) -> tuple[str, str]:
    if not of.now.applicable:
        return "–", words.percent(of.now)
    reached = f"{of.now.adopted:,} of {of.now.applicable:,}"
    return (f"{of.missing:,} to go" if of.missing else "✓ at target"), reached


def _track(of: PracticeLine, layout: _Layout) -> list[Markup]:
    y, goal = layout.track, _at(of.target_percent / 100, layout)
    drawn = [line(_at(0, layout), y, _at(1, layout), y, "chart-track")]
    now, before = _share(of.now), _share(of.before)
    if now is not None:
        if of.missing:
            drawn.append(line(_at(now, layout), y, goal, y, "chart-distance"))
        drawn.append(line(goal, y - 9, goal, y + 9, "chart-mark"))
        if before is not None and before != now:
            drawn.append(tag("circle", cx=_at(before, layout), cy=y, r=4, class_="chart-past"))
        drawn.append(tag("circle", cx=_at(now, layout), cy=y, r=6, class_="chart-dot"))
    return drawn


def _at(share: float, layout: _Layout) -> str:
    return part(layout.since + (layout.until - layout.since) * share)


def _share(of: Count | None) -> float | None:
    return of.adopted / of.applicable if of and of.applicable else None
