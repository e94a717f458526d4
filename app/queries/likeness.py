"""What a new incident and a lesson have in common in words, while nobody knows more than how it was declared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.queries.analysis import significant

# Every second incident says these: they tell none from another.
_EVERYWHERE = frozenset(
    {
        "alert", "broken", "customer", "degraded", "down", "error", "fail", "failed", "failing", "failure", "high",
        "incident", "issue", "outage", "problem", "production", "request", "response", "service", "slow", "slowly",
        "user", "working", "must", "should", "only", "each", "never", "always", "more", "than", "still", "page",
        "without", "everybody", "nobody", "everything", "nothing", "half", "minute", "hour", "second", "night", "today",
        "takes", "take", "goes", "gone", "least", "most", "what", "which", "where", "other", "another", "between",
    }
)  # fmt: skip
_SHORT = re.compile(r"\b[A-Z][A-Z0-9]{1,2}\b")  # TLS, DNS, OOM: short, and they say much
_COMMON_MIN, _COMMON_PART = 3, 3  # a word that more than three patterns share, and a third of all, tells nothing
BODY_MIN = 2  # the text of a description is long: one word in common is chance


@dataclass(frozen=True)
class Shared:
    """The words in common; those of the title and the labels first."""

    words: list[str]
    is_enough: bool


def shared(
    title: Iterable[str], body: str, said: Mapping[int, Sequence[str]], *, kin: Mapping[int, int | None],
    leaving_out: Iterable[str] = (),
) -> dict[int, Shared]:  # fmt: skip
    """By lesson. `kin`: the pattern of each, if it has one; lessons of one pattern say the same, and count once.
    `leaving_out`: names of the services, which every incident of theirs has in its title."""
    own = _telling(leaving_out)
    head = {key: word for key, word in _telling(title).items() if key not in own}
    rest = {key: word for key, word in _telling([body]).items() if key not in own and key not in head}
    lessons = {each: _telling(texts).keys() for each, texts in said.items()}
    kinds = {(key, kin[each] or -each) for each, keys in lessons.items() for key in keys if key in head or key in rest}
    often = Counter(key for key, _ in kinds)
    most = max(_COMMON_MIN, len({kin[each] or -each for each in lessons}) // _COMMON_PART)
    telling = {key for key, count in often.items() if count <= most}
    found = {}
    for each, keys in lessons.items():
        first = [word for key, word in head.items() if key in keys and key in telling]
        more = [word for key, word in rest.items() if key in keys and key in telling]
        is_enough = bool(first) or len(more) >= BODY_MIN
        found[each] = Shared(first + more if is_enough else [], is_enough)
    return found


def _telling(texts: Iterable[str]) -> dict[str, str]:
    """The words that say something, by how they are compared: without the "s" of many."""
    text = " ".join(texts)
    words = {**significant(text), **{each.casefold(): each for each in _SHORT.findall(text)}}
    found = {_one(key): word for key, word in words.items()}
    return {key: word for key, word in found.items() if key not in _EVERYWHERE}


def _one(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 4 else word
