"""Which items count for one verb. What does not count stays in the words, so that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.slack.grammar import items as of
from app.slack.grammar.common_words import BEFORE_ANOTHER, CONNECTING, COUNTED, FINITE
from app.slack.grammar.items import Item, as_words
from app.slack.grammar.understood import INCIDENT, KIND_WORDS, PREFIXES, Ref
from app.slack.grammar.verbs import CHANNELS, DUE, LABELS, LATER, PEOPLE, SEVERITY, WEEK, Verb


@dataclass
class Sifted:
    """What one verb takes of a text. `words` are the items left, each with its place in the text."""

    verb: Verb
    today: date
    is_shy: bool
    refs: list[Ref] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    severities: list[str] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    weeks: list[str] = field(default_factory=list)
    words: list[tuple[int, Item]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    has_number: bool = False  # of whatever kind, before the words: it settles that this is the verb

    @property
    def text(self) -> str:
        """The words as typed, with single spaces; what was typed without a space stays so."""
        parts: list[str] = []
        for nth, (at, item) in enumerate(self.words):
            is_glued = nth > 0 and item.pieces[0].is_glued and self.words[nth - 1][0] == at - 1
            parts.append(("" if is_glued or nth == 0 else " ") + item.typed)
        return "".join(parts)


@dataclass(frozen=True)
class Place:
    """Where an item stands: before all words, after all words, and between which."""

    is_leading: bool
    is_trailing: bool
    before: str
    after: str
    is_first: bool


def sift(found: Sequence[Item], verb: Verb, today: date, *, is_shy: bool = False) -> Sifted:
    """One pass. Numbers and days without a sign count only before the words; the rest wherever it stands."""
    sifted = Sifted(verb, today, is_shy)
    line = _spread(found, verb)
    last_word = max((at for at, item in enumerate(line) if item.kind == of.WORD), default=-1)
    is_leading = True
    for at, item in enumerate(line):
        before, after = (line[at - 1].plain if at else ""), (line[at + 1].plain if at + 1 < len(line) else "")
        place = Place(is_leading, at > last_word, before, after, at == 0)
        take = _TAKE.get(item.kind)
        if take and take(sifted, item, place):
            if sifted.words and sifted.words[-1][0] == at - 1 and before in CONNECTING:
                sifted.words.pop()
        else:
            sifted.words.append((at, item))
            is_leading = is_leading and item.plain in CONNECTING
    return sifted


def _spread(found: Sequence[Item], verb: Verb) -> list[Item]:
    """What this verb cannot take in any place becomes words, one for each piece."""
    has_severity = any(item.kind == of.SEVERITY for item in found)
    able = {kind for kind, needs in _NEEDS.items() if needs in verb.takes}
    if verb.refs:
        able |= {of.REF, of.NUMBER}
    if has_severity:
        able.discard(of.SHORT)  # "s3 uploads fail sev2": s3 is not a second severity
    line: list[Item] = []
    for item in found:
        line.extend([item] if item.kind in able or item.kind == of.WORD else as_words(item))
    return line


_NEEDS = {
    of.PERSON: PEOPLE, of.GROUP: PEOPLE, of.CHANNEL: CHANNELS, of.LABEL: LABELS, of.SEVERITY: SEVERITY,
    of.SHORT: SEVERITY, of.DUE: DUE, of.DAY: LATER, of.LATER: DUE, of.SPAN: LATER, of.WEEK: WEEK,
}  # fmt: skip


def _ref(sifted: Sifted, item: Item, place: Place) -> bool:
    """INC-42: before the words or after them; for a verb that takes several, anywhere."""
    is_placed = place.is_leading or (place.is_trailing and place.before not in BEFORE_ANOTHER)
    return (is_placed or sifted.verb.at_most > 1) and _named(sifted, item.name, item, place)


def _number(sifted: Sifted, item: Item, place: Place) -> bool:
    """42: only before the words; after a shy verb not when it counts something, as in "fix 500 errors"."""
    if SEVERITY in sifted.verb.takes and item.number <= 4 and not item.name and not sifted.severities:
        sifted.severities.append(f"SEV{item.number}")  # "sev 2 42", "sev 42 2"
        return True
    is_count = sifted.is_shy and not item.name and place.after in COUNTED
    return place.is_leading and not is_count and _named(sifted, item.name or sifted.verb.refs[0], item, place)


def _named(sifted: Sifted, kind: str, item: Item, place: Place) -> bool:
    ref, verb = Ref(kind, item.number), sifted.verb
    if kind not in verb.refs:
        if place.is_leading and not sifted.refs:
            sifted.has_number = True
            sifted.problems.append(_wrong_kind(ref, verb))
            return True
        return False
    if ref in sifted.refs:
        return True
    if len(sifted.refs) < verb.at_most:
        sifted.refs.append(ref)
        sifted.has_number = True
        return True
    if place.is_leading and place.is_trailing and verb.at_most == 1:
        sifted.problems.append(f"{sifted.refs[0]} and {ref} were both named: say {verb.name} for one at a time.")
    return False


def _wrong_kind(ref: Ref, verb: Verb) -> str:
    wanted = " or ".join(f"{KIND_WORDS[kind]} such as {PREFIXES[kind]}-{ref.number}" for kind in verb.refs)
    return f"{ref} is {KIND_WORDS[ref.kind]}, and {verb.name} needs {wanted}. To see {ref}, type show {ref}."


def _person(sifted: Sifted, item: Item, place: Place) -> bool:
    if item.name not in sifted.people:
        sifted.people.append(item.name)
    return True


def _group(sifted: Sifted, item: Item, place: Place) -> bool:
    if item.name not in sifted.groups:
        sifted.groups.append(item.name)
    return True


def _channel(sifted: Sifted, item: Item, place: Place) -> bool:
    if item.name not in sifted.channels:
        sifted.channels.append(item.name)
    return True


def _label(sifted: Sifted, item: Item, place: Place) -> bool:
    if item.name not in sifted.labels:
        sifted.labels.append(item.name)
    return True


def _severity(sifted: Sifted, item: Item, place: Place) -> bool:
    if item.problem:
        sifted.problems.append(item.problem)
    elif item.name not in sifted.severities:
        sifted.severities.append(item.name)
    return True


def _short(sifted: Sifted, item: Item, place: Place) -> bool:
    """P1 or s2: after the words ("checkout is down p1"), or before them ("p1 checkout is down"). S3 is also a shop."""
    is_after = place.is_trailing and not place.is_first and place.before not in CONNECTING | BEFORE_ANOTHER
    is_before = place.is_leading and place.after not in FINITE and item.plain != "s3"
    return (is_after or is_before) and _severity(sifted, item, place)


def _due(sifted: Sifted, item: Item, place: Place) -> bool:
    if item.problem:
        sifted.problems.append(item.problem)
    if item.on and item.on not in sifted.days:
        sifted.days.append(item.on)
    return True


def _day(sifted: Sifted, item: Item, place: Place) -> bool:
    return place.is_leading and _due(sifted, item, place)


def _later(sifted: Sifted, item: Item, place: Place) -> bool:
    """+1w: for a verb that knows no earlier date, it counts from today."""
    if LATER in sifted.verb.takes:
        sifted.lengths.append(item.number)
    else:
        sifted.days.append(sifted.today + timedelta(days=item.number))
    return True


def _span(sifted: Sifted, item: Item, place: Place) -> bool:
    """ "for 2 weeks", "1w": without the plus only before the words."""
    return place.is_leading and _later(sifted, item, place)


def _week(sifted: Sifted, item: Item, place: Place) -> bool:
    if item.problem:
        sifted.problems.append(item.problem)
    elif item.name not in sifted.weeks:
        sifted.weeks.append(item.name)
    return True


_TAKE: dict[str, Callable[[Sifted, Item, Place], bool]] = {
    of.REF: _ref, of.NUMBER: _number, of.PERSON: _person, of.GROUP: _group, of.CHANNEL: _channel, of.LABEL: _label,
    of.SEVERITY: _severity, of.SHORT: _short, of.DUE: _due, of.DAY: _day, of.LATER: _later, of.SPAN: _span,
    of.WEEK: _week,
}  # fmt: skip
