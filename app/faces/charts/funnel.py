"""The eight stages: how many incidents came to each, how many wait there now, and for how long."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from app.domain.report import WEEKS, Figures
from app.domain.report_sections import StageLine
from app.faces import words
from app.faces.charts.marks import chart, fitted, line, part, svg, tag, text
from app.words import plural

WIDE_ROW, NARROW_ROW, HEAD = 36, 66, 28  # pixels
BARS, BARS_END = 0.17, 0.5  # of the width, wide; the words behind them end at the shares below
WAITING, MEDIAN, LAST = 0.64, 0.85, 1.0


def funnel(figures: Figures, prefix: str = "chart-funnel") -> Markup:
    """Bars are of the incidents declared in the last weeks; what waits is all that stands there at the week's end."""
    lines, declared = figures.stages.lines, figures.loops.declared_ever
    most = max([declared, *(each.reached for each in lines), 1])
    said = summary(lines, declared)
    return chart("funnel", _wide(lines, declared, most, said, prefix), _narrow(lines, declared, most, said, prefix))


def summary(lines: Sequence[StageLine], declared: int) -> str:
    """What is seen: how many came to the end, where most wait, and what is blocked."""
    told = [f"{plural(declared, 'incident was', 'incidents were')} declared in {WEEKS} weeks."]
    if declared and lines:
        told.append(f"{lines[-1].reached:,} of them came to {_title(lines[-1]).lower()}.")
    most = max(lines, key=lambda each: each.waiting, default=None)
    if most is None or not most.waiting:
        return " ".join([*told, "Nothing waits."])
    half = f"half of them for {words.hours(most.median_hours)} or longer"
    told.append(f"Most wait at {_title(most).lower()}: {most.waiting:,}, {half}.")
    blocked = sum(each.blocked for each in lines)
    return " ".join([*told, *([f"{blocked:,} {'is' if blocked == 1 else 'are'} blocked."] if blocked else [])])


def _wide(lines: Sequence[StageLine], declared: int, most: int, said: str, prefix: str) -> Markup:
    heads = [
        text(f"Reached, of {declared:,} declared in {WEEKS} weeks", part(BARS), 16, "chart-quiet"),
        text("Waiting now", part(WAITING), 16, "chart-quiet", "end"),
        text("Median", part(MEDIAN), 16, "chart-quiet", "end"),
        text("90th percentile", part(LAST), 16, "chart-quiet", "end"),
    ]
    rows = []
    for at, each in enumerate(lines):
        share = BARS + (BARS_END - BARS) * each.reached / most
        inner = [
            line(0, 0, "100%", 0, "chart-grid"),
            text(_title(each), 0, 23, "chart-strong"),
            _bar(BARS, share, 12, 13),
            text(f"{each.reached:,}", part(share), 23, dx=8),
            text(_waiting(each), part(WAITING), 23, "" if each.waiting else "chart-quiet", "end"),
            text(_long(each, each.median_hours), part(MEDIAN), 23, "" if each.waiting else "chart-quiet", "end"),
            text(_long(each, each.p90_hours), part(LAST), 23, "" if each.waiting else "chart-quiet", "end"),
        ]
        if each.blocked:
            inner.append(text(_blocked(each), part(WAITING), 23, "chart-alert", dx=10))
        rows.append(tag("g", *inner, transform=f"translate(0 {HEAD + WIDE_ROW * at})", class_="chart-row"))
    height = HEAD + WIDE_ROW * len(lines)
    return svg(f"{prefix}-wide", "Where incidents are", said, height, *heads, *rows, class_="chart-wide")


def _narrow(lines: Sequence[StageLine], declared: int, most: int, said: str, prefix: str) -> Markup:
    head = 2 * 17 + 10
    rows = [
        text(f"Reached, of {declared:,} declared in {WEEKS} weeks;", 0, 14, "chart-quiet"),
        text("below: waiting now, median, 90th percentile", 0, 31, "chart-quiet"),
    ]
    for at, each in enumerate(lines):
        inner = [
            line(0, 0, "100%", 0, "chart-grid"),
            text(_title(each), 0, 20, "chart-strong"),
            text(f"{each.reached:,}", "100%", 20, "chart-strong", "end"),
            _bar(0, each.reached / most, 28, 9),
            text(_told(each), 0, 54, "chart-quiet"),
        ]
        if each.blocked:
            inner.append(text(_blocked(each), "100%", 20, "chart-alert", "end", dx=-40))
        rows.append(tag("g", *inner, transform=f"translate(0 {head + NARROW_ROW * at})", class_="chart-row"))
    height = head + NARROW_ROW * len(lines)
    return svg(f"{prefix}-narrow", "Where incidents are", said, height, *rows, class_="chart-narrow")


def _bar(since: float, until: float, y: int, height: int) -> Markup:
    return tag("rect", x=part(since), y=y, width=part(until - since), height=height, rx=2, class_="chart-bar")


def _title(of: StageLine) -> str:
    return fitted(of.title, 110)


def _waiting(of: StageLine) -> str:
    return f"{of.waiting:,}" if of.waiting else "nobody"


def _blocked(of: StageLine) -> str:
    return f"■ {of.blocked:,} blocked"


def _long(of: StageLine, hours: float | None) -> str:
    return words.hours(hours) if of.waiting else "–"


def _told(of: StageLine) -> str:
    if not of.waiting:
        return "nobody waits"
    return f"{of.waiting:,} waiting · median {words.hours(of.median_hours)} · 90th {words.hours(of.p90_hours)}"
