"""Whether one item counts where it stands, for each kind of item; and if it does, where it goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from app.slack.grammar import item as of
from app.slack.grammar.common_words import BEFORE_ANOTHER, CONNECTING, COUNTED, FINITE
from app.slack.grammar.item import Item
from app.slack.grammar.sifted import Place, Sifted
from app.slack.grammar.understood import KIND_WORDS, PREFIXES, Ref
from app.slack.grammar.verbs import LATER, SEVERITY, Verb


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


TAKE: dict[str, Callable[[Sifted, Item, Place], bool]] = {
    of.REF: _ref, of.NUMBER: _number, of.PERSON: _person, of.GROUP: _group, of.CHANNEL: _channel, of.LABEL: _label,
    of.SEVERITY: _severity, of.SHORT: _short, of.DUE: _due, of.DAY: _day, of.LATER: _later, of.SPAN: _span,
    of.WEEK: _week,
}  # fmt: skip
