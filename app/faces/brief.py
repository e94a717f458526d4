"""In short: what got better, what slipped, what to do first. Three sentences that a leader reads in ten seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app import links
from app.domain.recurrence import listed
from app.domain.report import Figures
from app.domain.report_sections import Count, Need, PracticeLine
from app.faces import words
from app.words import plural

BETTER, SLIPPED, FIRST = "What got better", "What slipped", "What to do first"
PARTS_MOST = 3  # of a sentence: ten seconds are short
NAMED_MOST = 2
BEGIN = "Switch on a starter practice, or give an accepted one a check: from then on machines measure adoption."


@dataclass(frozen=True)
class Said:
    """One of the three. `path`: where its rows are."""

    label: str
    sentence: str
    path: str


def in_short(figures: Figures) -> tuple[Said, Said, Said]:
    """What got better, what slipped, what to do first: one sentence each, from the figures alone."""
    return (
        Said(BETTER, _better(figures), "/adoption"),
        Said(SLIPPED, _slipped(figures), "/adoption"),
        _first(figures),
    )


def _when(of: Figures) -> str:
    return "so far this week" if words.is_running(of) else "this week"


# What got better


def _better(of: Figures) -> str:
    good = [*_adoption_moved(of, 1), *_reached(of), *_gained(of), *_closed(of), *_recovered(of)][:PARTS_MOST]
    if good:
        return _sentence(good)
    if of.adoption.now is None:
        return "Nothing is measured yet, so adoption can neither rise nor fall."
    if of.adoption.now.applicable and words.direction(of.adoption.now, of.adoption.before) == 0 and of.adoption.before:
        return f"Nothing got better {_when(of)}: adoption stands still at {words.share(of.adoption.now)}."
    return f"Nothing got better {_when(of)}."


def _adoption_moved(of: Figures, way: int) -> list[str]:
    """Adoption as a whole, if it went this way; and why, if other practices are measured than a week ago."""
    now, before = of.adoption.now, of.adoption.before
    if now is None or not now.applicable:
        return []
    if before is None or not before.applicable:
        return [f"adoption is measured for the first time: {words.share(now)}"] if way > 0 else []
    if words.direction(now, before) != way:
        return []
    verb = "rose" if way > 0 else "fell"
    why = _because_of_new(of, way)
    if now.tenths is None or before.tenths is None:
        return [f"adoption {verb} from {words.share(before)} to {words.share(now)}{why}"]
    points = now.tenths - before.tenths
    by = words.points_of(points) if points else "less than 0.1 points"
    return [f"adoption {verb} by {by} to {words.share(now)}{why}"]


def _because_of_new(of: Figures, way: int) -> str:
    """The same practices as a week ago did not go this way: the ones that are measured since make the difference."""
    same = [each for each in of.practices if each.before is not None]
    new = [each for each in of.practices if each.before is None and each.now.applicable]
    now, before = Count(), Count()
    for each in same:
        now, before = now.plus(each.now), before.plus(each.before or Count())
    if not new or words.direction(now, before) == way:
        return ""
    names = [each.name for each in new[:NAMED_MOST]]
    verb = "is" if len(new) == 1 else "are"
    return f", because {listed(names, max(0, len(new) - NAMED_MOST))} {verb} measured now"


def _reached(of: Figures) -> list[str]:
    lines = [each for each in of.practices if _was_short(each) and not each.missing and each.now.applicable]
    if len(lines) == 1:
        return [f"{lines[0].name} reached its target ({words.percent(lines[0].now)})"]
    return [f"{_names(lines)} reached their targets"] if lines else []


def _gained(of: Figures) -> list[str]:
    """The practice that most services adopted, unless it is said already that it reached its target."""
    grown = [each for each in of.practices if _more(each) > 0 and each.missing]
    if not grown:
        return []
    best = max(grown, key=lambda each: (_more(each), -each.number))
    more = plural(_more(best), "more service")
    return [f"{more} adopted {best.name} ({best.now.adopted:,} of {best.now.applicable:,})"]


def _closed(of: Figures) -> list[str]:
    count, lines = of.loops.closed_count, of.loops.closed
    if count == 1 and lines and lines[0].incident:
        return [f"the loop of {_incident(lines[0].incident, lines[0].title)} closed"]
    return [f"{plural(count, 'loop')} closed"] if count else []


def _recovered(of: Figures) -> list[str]:
    count = of.slips.recovered_count
    return [f"{plural(count, 'slip')} recovered"] if count else []


# What slipped


def _slipped(of: Figures) -> str:
    bad = [
        *_preventable(of), *_below(of), *_lost(of), *_adoption_moved(of, -1), *_reopened(of), *_adopted_yet(of),
    ][:PARTS_MOST]  # fmt: skip
    if bad:
        return _sentence(bad)
    if of.adoption.now is None and not of.practices:
        return f"Nothing could slip {_when(of)}: no practice is measured yet."
    return f"Nothing slipped {_when(of)}."


def _preventable(of: Figures) -> list[str]:
    told = of.recurrences
    lines = [each for each in told.lines if each.is_preventable]
    if not told.preventable:
        return []
    cost = words.minutes_of(told.minutes, told.minutes_unknown, told.preventable)
    at = "" if cost == words.UNKNOWN else f", {cost}"
    first = lines[0] if lines else None
    if first is None or not first.incident:
        return [f"{plural(told.preventable, 'incident')} could have been prevented{at}"]
    services, practices = _few(first.services), _few([f"BP-{each}" for each in first.practices])
    why = f"{services} had not adopted {practices}" if services and practices else ""
    if told.preventable == 1:
        name = _incident(first.incident, first.title)
        return [f"{name} could have been prevented ({why or 'its pattern was known'}{at})"]
    worst = f"INC-{first.incident}: {why}" if why else f"INC-{first.incident}"
    return [f"{told.preventable:,} incidents could have been prevented{at} (the costliest is {worst})"]


def _below(of: Figures) -> list[str]:
    lines = [each for each in of.practices if each.missing and each.before and _was_there(each)]
    if len(lines) == 1:
        one = lines[0]
        return [
            f"{one.name} fell below its target ({one.now.adopted:,} of {one.now.applicable:,}, {one.needed:,} needed)"
        ]
    return [f"{_names(lines)} fell below their targets"] if lines else []


def _lost(of: Figures) -> list[str]:
    told = of.slips
    if not told.lost_count:
        return []
    still = told.lost_count - told.recovered_count
    if not still:
        return [f"{plural(told.lost_count, 'slip')} came and recovered"]
    open_lines = [each for each in told.lines if each.recovered_at is None]
    back = f" ({told.recovered_count:,} more recovered)" if told.recovered_count else ""
    if still <= NAMED_MOST and len(open_lines) == still:
        return [
            _and([f"{words.plain(each.service)} no longer follows BP-{each.practice}" for each in open_lines]) + back
        ]
    services = {each.service for each in open_lines}
    practices = sorted({each.practice for each in open_lines})
    if len(practices) == 1 and len(open_lines) == still:
        return [f"{plural(len(services), 'service')} no longer follow BP-{practices[0]}{back}"]
    return [f"{still:,} adoptions were lost{back}"]


def _reopened(of: Figures) -> list[str]:
    count = of.loops.reopened_count
    return [f"{plural(count, 'loop')} opened again"] if count else []


def _adopted_yet(of: Figures) -> list[str]:
    count = of.recurrences.adopted_yet
    lines = [each for each in of.recurrences.lines if not each.is_preventable and each.incident]
    if count == 1 and lines and lines[0].practices:
        practices = _few([f"BP-{each}" for each in lines[0].practices])
        return [f"{_incident(lines[0].incident, lines[0].title)} happened although {practices} was adopted"]
    return [f"{plural(count, 'incident')} happened although the practice was adopted"] if count else []


# What to do first


def _first(of: Figures) -> Said:
    if of.needs:
        return Said(FIRST, need_sentence(of.needs[0]), of.needs[0].path)
    if of.adoption.now is None and not of.practices:
        words_ = (
            "Switch on a starter practice, or give an accepted one a check: from then on machines measure adoption."
        )
        return Said(FIRST, words_, "/practices/starter")
    furthest = next((each for each in of.practices if each.missing), None)
    if furthest is None:
        return Said(FIRST, f"Nothing needs a decision {_when(of)}.", "/adoption")
    movers = _few([each.service for each in furthest.movers])
    begin = f"; begin with {movers}" if movers else ""
    said = f"Nothing needs a decision {_when(of)}; {furthest.name} is the furthest from its target"
    path = links.practice(furthest.number)
    return Said(FIRST, f"{said} ({furthest.now.adopted:,} of {furthest.now.applicable:,}){begin}.", path)


def need_sentence(need: Need) -> str:
    """ "Ben: BP-5 “Calls have timeouts” – it slipped: 9 of 25 adopt it, 23 must; begin with checkout." """
    title = f" “{words.plain(need.title, 90).rstrip('.')}”" if need.title.strip() else ""
    return f"{words.plain(need.owner)}: {words.plain(need.subject)}{title} – {_one(need.detail)}{_behind(need)}."


def _behind(need: Need) -> str:
    return f" ({words.minutes(need.minutes)} could be prevented)" if need.minutes else ""


def _one(detail: str) -> str:
    """Sentences as one, which goes on after a dash."""
    parts = words.plain(detail, 300).rstrip(".").split(". ")
    return "; ".join(_small(each) for each in parts)


def _small(text: str) -> str:
    """Without its capital, unless that belongs to a name."""
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first in ("It", "Its", "A", "At", "Begin", "Push", "Nobody") else text


# How it is put together


def _sentence(parts: Sequence[str]) -> str:
    said = _and(parts)
    first = parts[0]
    return f"{said[0].upper() if first.startswith(('adoption', 'the loop')) else said[0]}{said[1:]}."


def _and(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    comma = "," if len(parts) > 2 else ""
    return f"{', '.join(parts[:-1])}{comma} and {parts[-1]}"


def _incident(number: int, title: str) -> str:
    return f"INC-{number} “{words.plain(title, 60)}”"


def _names(lines: Sequence[PracticeLine]) -> str:
    return listed([each.name for each in lines[:NAMED_MOST]], max(0, len(lines) - NAMED_MOST)) if lines else ""


def _few(names: Sequence[str]) -> str:
    return listed([words.plain(each) for each in names[:NAMED_MOST]], max(0, len(names) - NAMED_MOST)) if names else ""


def _more(line: PracticeLine) -> int:
    return line.now.adopted - line.before.adopted if line.before else 0


def _was_short(line: PracticeLine) -> bool:
    return line.before is not None and bool(line.before.applicable) and not _was_there(line)


def _was_there(line: PracticeLine) -> bool:
    """At its target a week ago, by the target that it has now."""
    was = line.before or Count()
    return bool(was.applicable) and was.adopted * 100 >= line.target_percent * was.applicable
