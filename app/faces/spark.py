"""The course of adoption in one line of text, where no picture is."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.report_sections import Count, Point
from app.faces import words
from app.words import plural

BARS, NOTHING = "▁▂▃▄▅▆▇█", "·"


def spark(series: Sequence[Point]) -> str:
    """ "▂▃▅▆ 27.3 % to 71.2 % in 23 weeks"; a dot for each week in which nothing was measured. Empty: none was."""
    known = [each.count for each in series if each.count is not None and each.count.applicable]
    if len(known) < 2:
        return ""
    line = "".join(_bar(each.count) for each in series)
    first, last = words.percent(known[0]), words.percent(known[-1])
    return f"{line} {first} to {last} in {plural(len(known), 'week')}"


def _bar(count: Count | None) -> str:
    if count is None or not count.applicable:
        return NOTHING
    return BARS[min(count.adopted * len(BARS) // count.applicable, len(BARS) - 1)]
