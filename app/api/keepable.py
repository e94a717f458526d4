"""Whether a value that a machine sent as a fact can be kept by every database, and read by every expression."""

from __future__ import annotations

import json
from typing import Any

from app.domain.errors import Refused

KEY_MAX, VALUE_MAX, DEEP_MAX = 200, 10_000, 20
WHOLE_MOST = 2**63


def require(facts: Any, most: int) -> dict[str, Any]:
    """The facts of one service. Refused: a key or a value that cannot be kept, and what to do."""
    if not isinstance(facts, dict) or not facts:
        raise _wrong("Give the facts as an object of keys and values; there must be at least one.", "facts")
    if len(facts) > most:
        raise _wrong(f"Send at most {most} facts of a service; there are {len(facts)}.", "facts")
    for key, value in facts.items():
        if not key.strip() or len(key) > KEY_MAX or not _is_text(key):
            raise _wrong(f"Give each fact a key of 1 to {KEY_MAX} printable characters.", "facts")
        if why := _why_not(value):
            raise _wrong(f"{_short(key)} {why}.", f"facts.{_short(key)}")
    return facts


def _why_not(value: Any) -> str:
    """What is wrong with a value, as the end of a sentence. Looked at without recursion: it may be deep."""
    level = [value]
    for _ in range(DEEP_MAX):
        if not level:
            break
        for each in level:
            if isinstance(each, str) and not _is_keepable(each):
                return "has a character that no database keeps, such as NUL: remove it"
            if isinstance(each, int) and not -WHOLE_MOST <= each < WHOLE_MOST:
                return "is a number of more than 64 bits: send it as a text"
        level = [inner for each in level for inner in _inside(each)]
    if level:
        return f"is nested more than {DEEP_MAX} deep"
    return "" if len(json.dumps(value)) <= VALUE_MAX else f"is longer than {VALUE_MAX:,} characters"


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _is_keepable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def _is_text(key: str) -> bool:
    return key.isprintable()


def _short(key: str) -> str:
    return key if len(key) <= 60 else f"{key[:59]}…"


def _wrong(sentence: str, field: str) -> Refused:
    return Refused.because("fact.wrong", sentence, field)
