"""What the chart of adoption shows, as shares of its width and height and in words: page and picture draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.report import Figures
from app.domain.report_sections import Count, Point
from app.domain.week import Week
from app.faces import words

ALT_MOST = 300  # letters that Slack is given for those who do not see the picture
FLOORS = {75: 5, 50: 10, 25: 25, 0: 25}  # percent where the axis may begin, and the steps from there
SHORT = 9  # letters that fit beside the last week
STEPS = tuple(each * 10**power for power in range(9) for each in (1, 2, 5))
NOT_YET, NOT_KNOWN, TOO_FEW, NOTHING = "not measured yet", "not measured", "fewer than 10", "applies to none"


@dataclass(frozen=True)
class Mark:
    """One week: `x` from 0 to 1, `y` from 0 below to 1 above, or None with nothing to draw, and what it says."""

    x: float
    y: float | None
    said: str


@dataclass(frozen=True)
class Trend:
    """The chart. `gaps` go from a share of the width to another one; `now` is what stands beside the last week."""

    marks: Sequence[Mark]
    gaps: Sequence[tuple[float, float, str]]
    levels: Sequence[tuple[float, str]]
    months: Sequence[tuple[float, str]]
    target: float | None
    target_said: str
    now: Sequence[str]
    summary: str

    @property
    def runs(self) -> Sequence[Sequence[tuple[float, float]]]:
        """The stretches of weeks that are known."""
        found: list[list[tuple[float, float]]] = [[]]
        for each in self.marks:
            if each.y is not None:
                found[-1].append((each.x, each.y))
            elif found[-1]:
                found.append([])
        return [each for each in found if each]


@dataclass(frozen=True)
class _Scale:
    """From `low` to `high`, in percent or, of few, in counts."""

    is_percent: bool
    low: float
    high: float
    step: int

    def value(self, count: Count | None) -> float | None:
        if count is None or not count.applicable or (self.is_percent and count.tenths is None):
            return None
        return 100 * count.adopted / count.applicable if self.is_percent else count.adopted

    def place(self, value: float) -> float:
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


def trend(figures: Figures) -> Trend:
    """Percentages; where adoption now is of fewer than ten, counts. What no percentage can be made of is a gap."""
    of = figures.adoption
    now, series = of.now, list(of.series)
    scale = _scale(now, of.needed, series)
    last = max(len(series) - 1, 1)
    marks = []
    for at, each in enumerate(series):
        value = scale.value(each.count)
        x = at / last if len(series) > 1 else 1.0
        marks.append(Mark(x, None if value is None else scale.place(value), f"{_week(each.week)}: {_said(each.count)}"))
    levels = [
        (scale.place(each), _level(each, scale)) for each in range(int(scale.low), int(scale.high) + 1, scale.step)
    ]
    target, said = None, ""
    if now is not None and now.applicable and of.needed:
        target = scale.place(100 * of.needed / now.applicable if scale.is_percent else of.needed)
        said = f"Target {of.needed:,} of {now.applicable:,}"
    return Trend(marks, _gaps(marks, series), levels, _months(series), target, said, _now(now), summary(figures))


def beside(since: float, until: float) -> tuple[str, float, int]:
    """Where the words of a gap stand: their anchor, a share of the width, and pixels from there. Never over an edge."""
    if since < 0.2 and until < 0.8:
        return "start", since, 4
    return ("end", until, -4) if since > 0.2 and until > 0.8 else ("middle", (since + until) / 2, 0)


def summary(figures: Figures) -> str:
    """What is seen, in at most three sentences."""
    of = figures.adoption
    known = [each for each in of.series if each.count is not None and each.count.applicable]
    if of.now is None:
        told = [f"Adoption in {_week(figures.week)} is not known."]
    else:
        told = [f"Adoption in {_week(figures.week)} is {words.share(of.now)}."]
    if known and known[0].week != figures.week:
        told.append(f"In {_week(known[0].week)} it was {words.share(known[0].count)}.")
    if of.now is not None and of.now.applicable and of.needed:
        met = of.now.adopted >= of.needed
        told.append(f"The target, {of.needed:,} of {of.now.applicable:,}, is {'met' if met else 'not met yet'}.")
    return " ".join(told)


def alt(figures: Figures) -> str:
    """The chart of adoption in words, at most ALT_MOST letters."""
    said = summary(figures)
    about = words.plain(figures.title, ALT_MOST - len(said) - 60)
    return f"Chart of adoption over {len(figures.adoption.series)} weeks, {about}. {said}"


def _scale(now: Count | None, needed: int, series: Sequence[Point]) -> _Scale:
    counts = [each.count for each in series if each.count is not None]
    latest = now or (counts[-1] if counts else None)
    if latest is None or latest.tenths is not None:
        tenths = [each.tenths for each in counts if each.tenths is not None]
        lowest = min(tenths, default=0) / 10
        if latest is not None:
            lowest = min(lowest, 100 * needed / latest.applicable) if needed else lowest
        low = next(each for each in FLOORS if each <= max(lowest - 5, 0))
        return _Scale(True, low, 100, FLOORS[low])
    most = max([needed, latest.applicable, *(each.adopted for each in counts), 1])
    step = next((each for each in STEPS if most <= each * 5), most)
    return _Scale(False, 0, -(-most // step) * step, step)


def _gaps(marks: Sequence[Mark], series: Sequence[Point]) -> list[tuple[float, float, str]]:
    found: list[tuple[float, float, str]] = []
    half = 0.5 / max(len(marks) - 1, 1)
    was_known = False
    for mark, point in zip(marks, series, strict=True):
        if mark.y is not None:
            was_known = True
            continue
        why = NOT_KNOWN if was_known else NOT_YET
        if point.count is not None:
            why = TOO_FEW if point.count.applicable else NOTHING
        since, until = max(mark.x - half, 0.0), min(mark.x + half, 1.0)
        if found and found[-1][2] == why and since - found[-1][1] < half:
            since = found.pop()[0]
        found.append((since, until, why))
    return found


def _months(series: Sequence[Point]) -> list[tuple[float, str]]:
    """Where a month begins; January is called by its year."""
    found: list[tuple[float, str]] = []
    last = max(len(series) - 1, 1)
    before = 0
    for at, each in enumerate(series):
        monday = Week.parse(each.week).monday
        if monday.month != before and before and (at <= last - 1 or last < 3):
            found.append((at / last, f"{monday.year}" if monday.month == 1 else f"{monday:%b}"))
        before = monday.month
    return found


def _now(count: Count | None) -> list[str]:
    if count is None:
        return ["unknown"]
    if not count.applicable:
        return ["–"]
    if count.tenths is None:
        return [words.percent(count)]
    said = f"{count.adopted:,} of {count.applicable:,}"
    return [words.percent(count), *([said] if len(said) <= SHORT else said.split(" ", 1))]


def _said(count: Count | None) -> str:
    return "not measured" if count is None else words.share_whole(count)


def _level(value: int, scale: _Scale) -> str:
    return f"{value} %" if scale.is_percent else f"{value:,}"


def _week(name: str) -> str:
    week = Week.parse(name)
    return f"week {week.number} of {week.year}"
