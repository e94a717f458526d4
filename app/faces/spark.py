"""The course of adoption in one line of text, where no picture is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from app.domain.report_sections import Count, Point
from app.faces import words
from app.words import plural

BARS, NOTHING = "▁▂▃▄▅▆▇█", "·"


def spark(series: Sequence[Point]) -> str:
    """ "▁▃▅█ 27.3 % to 71.2 % in 4 weeks, 27.3 % at the least, 71.2 % at the most"; a dot for each week in which
    nothing was measured. Empty: fewer than two were."""
    known = [each.count for each in series if each.count is not None and each.count.applicable]
    if len(known) < 2:
        return ""
    low, high = min(known, key=_share), max(known, key=_share)
    line = "".join(_bar(each.count, _share(low), _share(high)) for each in series)
    first, last, least, most = (words.percent(each) for each in (known[0], known[-1], low, high))
    return f"{line} {first} to {last} in {plural(len(known), 'week')}, {least} at the least, {most} at the most"


def _bar(count: Count | None, low: Fraction, high: Fraction) -> str:
    """From the least of all weeks to the most: it shows the course, the words say how much that is."""
    if count is None or not count.applicable:
        return NOTHING
    if low == high:
        return BARS[-1]
    return BARS[round((_share(count) - low) / (high - low) * (len(BARS) - 1))]


def _share(count: Count) -> Fraction:
    return Fraction(count.adopted, count.applicable)
