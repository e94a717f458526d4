"""What is wrong in a file, so that a person finds the place: file, field, line, reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

QUOTED_MAX = 80


@dataclass(frozen=True)
class Problem:
    """One thing that could not be read or was not used. `line` counts from 1; None: it is about the whole file."""

    file: str
    field: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{printable(self.file)}: {printable(self.field)}: {place}{self.reason}"


class Unreadable(Exception):
    """Nothing was taken from this file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(each) for each in self.problems))


def printable(text: str) -> str:
    """The text on one line, with escapes for what would move the cursor of a terminal or break a line."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def quoted(text: str) -> str:
    """The text as it is shown in a sentence: on one line, and not all of it when it is long."""
    return f"“{printable(shorten(text, QUOTED_MAX))}”"


def shorten(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
