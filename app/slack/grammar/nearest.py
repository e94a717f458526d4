"""Did you mean: the verb that one slip of the finger turned into what was typed."""

from __future__ import annotations

from app.slack.grammar.common_words import NO_SLIPS
from app.slack.grammar.verbs import SPELLINGS, Verb, key_of

_SHORTEST = 4  # letters: within one slip of shorter words is half the dictionary
_LONGEST = max(map(len, SPELLINGS)) + 1


def nearest_verb(word: str) -> Verb | None:
    """The first verb of the table, unmistakable words before shy ones, that is one slip away. None: there is none."""
    key = key_of(word)
    if key in NO_SLIPS or not _SHORTEST - 1 <= len(key) <= _LONGEST:
        return None
    near = [each for each in SPELLINGS.values() if len(each.key) >= _SHORTEST and is_one_slip(key, each.key)]
    return min(near, key=lambda each: each.is_shy).verb if near else None


def is_one_slip(one: str, other: str) -> bool:
    """A letter too many, too few or wrong, or two neighbours exchanged."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, rest_of_other = one[at:], other[at:]
    if len(one) != len(other):
        return rest[1:] == rest_of_other or rest == rest_of_other[1:]
    return rest[1:] == rest_of_other[1:] or (rest[:2] == rest_of_other[1::-1] and rest[2:] == rest_of_other[2:])
