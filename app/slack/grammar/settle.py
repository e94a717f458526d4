"""What a verb has taken becomes what was understood; where something was said twice, a sentence asks for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from app.slack.grammar.sifted import Sifted
from app.slack.grammar.understood import Understood, day_in_words
from app.slack.grammar.verbs import PEOPLE

Of = TypeVar("Of")


def settle(typed: str, sifted: Sifted) -> Understood:
    """Of two severities, dates or weeks neither is taken: the person says which."""
    problems = [*sifted.problems, *_contradictions(sifted)]
    return Understood(
        typed=typed,
        verb=sifted.verb.name,
        words=sifted.text,
        refs=tuple(sifted.refs),
        people=tuple(sifted.people),
        groups=tuple(sifted.groups),
        channels=tuple(sifted.channels),
        labels=tuple(sifted.labels),
        severity=_only(sifted.severities),
        on=_only(sifted.days),
        later_days=_only(sifted.lengths),
        week=_only(sifted.weeks),
        problems=tuple(dict.fromkeys(problems)),
    )


def _contradictions(sifted: Sifted) -> list[str]:
    verb = sifted.verb
    found = [
        _several("severities", "severity", sifted.severities),
        _several("dates", "date", [day_in_words(each) for each in sifted.days]),
        _several("lengths of time", "length of time", [f"{each} days" for each in sifted.lengths]),
        _several("weeks", "week", sifted.weeks),
    ]
    if sifted.days and sifted.lengths:
        found.append("Both a date and a length of time were given: keep one of them.")
    if len(sifted.people) > verb.owners:
        found.append(f"{len(sifted.people)} people were named: name the one person who will do it.")
    if sifted.groups and not sifted.people and PEOPLE in verb.takes and verb.owners == 1:
        found.append("A group of people was named: name the one person who will do it.")
    if verb.name == "assign" and sifted.words and not sifted.people and not sifted.groups:
        found.append("Name the person with an @, for example @bob.")
    if verb.name == "find" and not sifted.words and not sifted.labels and not sifted.severities:
        found.append("Say what to look for, for example find retry storm.")
    return [each for each in found if each]


def _several(things: str, thing: str, given: Sequence[str]) -> str:
    return f"Several {things} were given, {_listed(given)}: keep one {thing}." if len(given) > 1 else ""


def _listed(given: Sequence[str]) -> str:
    return ", ".join(given[:5]) if len(given) <= 5 else f"{', '.join(given[:5])} and {len(given) - 5} more"


def _only(given: Sequence[Of]) -> Of | None:
    return given[0] if len(given) == 1 else None
