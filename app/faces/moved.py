"""Which way adoption as a whole went, and whether that says anything: other practices may be measured than before."""

from __future__ import annotations

from app.domain.report import Figures
from app.domain.report_sections import Count
from app.faces import phrases, words
from app.words import plural


def moved(of: Figures, way: int) -> list[str]:
    """A part of a sentence, if it went this way (1 up, -1 down)."""
    now, before = of.adoption.now, of.adoption.before
    if now is None or not now.applicable:
        return []
    if before is None or not before.applicable:
        return [f"adoption is measured for the first time: {words.share(now)}"] if way > 0 else []
    if words.direction(now, before) != way:
        return []
    verb, why = "rose" if way > 0 else "fell", _why(of, now, before, way)
    if now.tenths is None or before.tenths is None:
        return [f"adoption {verb} from {words.share(before)} to {words.share(now)}{why}"]
    points = now.tenths - before.tenths
    by = words.points_of(points) if points else "less than 0.1 points"
    return [f"adoption {verb} by {by} to {words.share(now)}{why}"]


def _why(of: Figures, now: Count, before: Count, way: int) -> str:
    """Said only where services themselves have not moved it that way."""
    if new := _new(of, way):
        return new
    if way > 0 and now.adopted <= before.adopted:
        more = now.exempt - before.exempt
        return f", because {plural(more, 'more cell')} {'is' if more == 1 else 'are'} exempt" if more > 0 else _FEWER
    return _MORE if way < 0 and now.adopted >= before.adopted else ""


_FEWER, _MORE = ", because fewer cells count than last week", ", because more cells count than last week"


def _new(of: Figures, way: int) -> str:
    """The practices of a week ago did not go this way: those that are measured since make the difference."""
    new = [each for each in of.practices if each.before is None and each.now.applicable]
    now, before = Count(), Count()
    for each in of.practices:
        if each.before is not None:
            now, before = now.plus(each.now), before.plus(each.before)
    if not new or words.direction(now, before) == way:
        return ""
    return f", because {phrases.practices(new)} {'is' if len(new) == 1 else 'are'} measured now"
