"""What slipped in a week: incidents that need not have been first, then what was adopted and is not any more."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.adoption import Loss
from app.domain.report import Figures
from app.domain.report_sections import Count, PracticeLine, SlipLine
from app.faces import phrases, words
from app.faces.moved import moved
from app.words import plural

_LOST = {
    Loss.FAILED.value: "{service} no longer follows {practice}",
    Loss.UNSURE.value: "nobody can tell any more whether {service} follows {practice}",
    Loss.STALE.value: "the evidence of {service} on {practice} is too old",
    Loss.EXEMPTION_OVER.value: "the exemption of {service} from {practice} is over",
    Loss.NEW.value: "{practice} applies to {service} now, which does not follow it yet",
}


def worse(of: Figures) -> list[str]:
    """Parts of a sentence; none: nothing slipped."""
    below = [each for each in of.practices if each.missing and was_at_target(each)]
    open_lines = [each for each in of.slips.lines if each.recovered_at is None]
    one = open_lines[0] if len(open_lines) == 1 else None
    is_why = one is not None and len(below) == 1 and below[0].number == one.practice
    lost = [] if is_why else _lost(of, open_lines)
    fallen = _below(below, one if is_why else None)
    return [*_preventable(of), *fallen, *lost, *moved(of, -1), *_adopted_yet(of), *_reopened(of)]


def was_at_target(line: PracticeLine) -> bool:
    """A week ago, by the target that it has now."""
    was = line.before or Count()
    return bool(was.applicable) and was.adopted * 100 >= line.target_percent * was.applicable


def _preventable(of: Figures) -> list[str]:
    told = of.recurrences
    if not told.preventable:
        return []
    first = next((each for each in told.lines if each.is_preventable and each.incident), None)
    cost = words.minutes_of(told.minutes, told.minutes_unknown, told.preventable)
    at = "" if cost == words.UNKNOWN else f" ({cost})"
    one = phrases.incident(first.incident, first.title) if first else ""
    by = _by(first.services, first.practices) if first else ""
    if told.preventable == 1:
        return [f"{one or '1 incident'} could have been prevented{by}{at}"]
    above = f", above all {one}{by}" if one else ""
    return [f"{told.preventable:,} incidents could have been prevented{at}{above}"]


def _by(services: Sequence[str], numbers: Sequence[int]) -> str:
    """By which practice, and where: whether it was refused, unknown or excused there, the verdict says."""
    by = f" by {phrases.few([f'BP-{each}' for each in numbers])}" if numbers else ""
    return by + (f" on {phrases.few(services)}" if services and by else "")


def _below(lines: Sequence[PracticeLine], why: SlipLine | None) -> list[str]:
    """`why`: the one service that has lost it."""
    if len(lines) == 1:
        now, needed = lines[0].now, lines[0].needed
        because = f" because {_one_lost(why)}" if why else ""
        said = f"{phrases.so_far(now.adopted, now.applicable)}, {needed:,} needed"
        return [f"{lines[0].name} fell below its target ({said}){because}"]
    return [f"{phrases.practices(lines)} fell below their targets"] if lines else []


def _lost(of: Figures, lines: Sequence[SlipLine]) -> list[str]:
    told = of.slips
    still = told.lost_count - told.recovered_count
    if not still:
        return []
    numbers = {each.practice for each in lines}
    if len(lines) < still or (still > phrases.NAMED_MOST and len(numbers) > 1):
        return [f"{still:,} slips have not recovered"]
    if still > phrases.NAMED_MOST:
        return [f"{still:,} services slipped on BP-{numbers.pop()}"]
    return [_one_lost(each) for each in lines]


def _one_lost(line: SlipLine) -> str:
    said = _LOST.get(line.cause, "{service} lost {practice}")
    return said.format(service=words.plain(line.service, 60), practice=f"BP-{line.practice}")


def _adopted_yet(of: Figures) -> list[str]:
    count = of.recurrences.adopted_yet
    lines = [each for each in of.recurrences.lines if not each.is_preventable and each.incident]
    if count == 1 and lines and lines[0].practices:
        by = phrases.few([f"BP-{each}" for each in lines[0].practices])
        return [f"{phrases.incident(lines[0].incident, lines[0].title)} happened although {by} was adopted"]
    return [f"{plural(count, 'incident')} happened although the practice was adopted"] if count else []


def _reopened(of: Figures) -> list[str]:
    count = of.loops.reopened_count
    return [f"{plural(count, 'loop')} opened again"] if count else []
