"""What one check has found: right, wrong, cannot tell or not needed; in a sentence, and how to mend it in another."""

from __future__ import annotations

from dataclasses import dataclass

RIGHT, WRONG, UNKNOWN, UNNEEDED = "right", "wrong", "cannot tell", "not needed"


@dataclass(frozen=True)
class Result:
    """`is_bearable`: what is wrong costs a feature, and the rest works."""

    name: str
    outcome: str
    words: str
    mend: str = ""
    is_bearable: bool = False


def right(name: str, words: str) -> Result:
    return Result(name, RIGHT, words)


def wrong(name: str, words: str, mend: str, *, is_bearable: bool = False) -> Result:
    return Result(name, WRONG, words, mend, is_bearable)


def unknown(name: str, words: str, mend: str) -> Result:
    return Result(name, UNKNOWN, words, mend)


def unneeded(name: str, words: str, mend: str = "") -> Result:
    return Result(name, UNNEEDED, words, mend)
