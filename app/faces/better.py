"""What got better in a week, the largest gain first."""

from __future__ import annotations

from app.domain.report import Figures
from app.domain.report_sections import PracticeLine
from app.faces import phrases
from app.faces.moved import moved
from app.faces.worse import was_at_target
from app.words import plural


def better(of: Figures) -> list[str]:
    """Parts of a sentence; none: nothing got better."""
    return [*moved(of, 1), *_reached(of), *_closed(of), *_gained(of), *_recovered(of)]


def _reached(of: Figures) -> list[str]:
    lines = [each for each in of.practices if _was_short(each) and not each.missing and each.now.applicable]
    if len(lines) == 1:
        now = lines[0].now
        return [f"{lines[0].name} reached its target ({phrases.so_far(now.adopted, now.applicable)})"]
    return [f"{phrases.practices(lines)} reached their targets"] if lines else []


def _gained(of: Figures) -> list[str]:
    """The practice that most services came to adopt, unless it is said already that it reached its target."""
    grown = [each for each in of.practices if _more(each) > 0 and each.missing]
    if not grown:
        return []
    best = max(grown, key=lambda each: (_more(each), -each.number))
    now = phrases.so_far(best.now.adopted, best.now.applicable)
    return [f"{plural(_more(best), 'more service')} adopted {best.name} ({now})"]


def _closed(of: Figures) -> list[str]:
    count, lines = of.loops.closed_count, of.loops.closed
    if count == 1 and lines and lines[0].incident:
        return [f"the loop of {phrases.incident(lines[0].incident, lines[0].title)} closed"]
    some = [f"INC-{each.incident}" for each in lines if each.incident]
    named = f" ({phrases.few(some)})" if len(some) == count and phrases.few(some) else ""
    return [f"{plural(count, 'loop')} closed{named}"] if count else []


def _recovered(of: Figures) -> list[str]:
    count = of.slips.recovered_count
    return [f"{plural(count, 'slip')} recovered"] if count else []


def _more(line: PracticeLine) -> int:
    return line.now.adopted - line.before.adopted if line.before else 0


def _was_short(line: PracticeLine) -> bool:
    return line.before is not None and bool(line.before.applicable) and not was_at_target(line)
