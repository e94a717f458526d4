"""What the sections of a report are made of, for every face: tables of cells that hold their value and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.report_sections import Count
from app.faces.how import HOW

Value = str | int | float | date | datetime | Count | None


@dataclass(frozen=True)
class Cell:
    """`value` as a machine reads it (None: it cannot be known, or there is none), `words` as it is said, `path` where
    the rows behind it are; empty: nowhere that one may go. `tone`: 1 is good, -1 is bad, beside the words."""

    value: Value
    words: str
    path: str = ""
    tone: int = 0


@dataclass(frozen=True)
class Column:
    key: str
    title: str
    unit: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Figure:
    """One figure of a section, with how it is computed."""

    key: str
    title: str
    cell: Cell
    unit: str = ""

    @property
    def how(self) -> str:
        return HOW[self.key]


@dataclass(frozen=True)
class Section:
    """`lead` says it in a sentence; `total` is how many rows there are, of which the first are here. `level` 3 is a
    part of the section before; `is_detail`: messages and mails leave it to the page. `empty` is said where no row is.
    """

    key: str
    title: str
    lead: str
    path: str
    figures: Sequence[Figure] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Cell]] = ()
    total: int = 0
    empty: str = ""
    level: int = 2
    is_detail: bool = False
    is_whole: bool = False

    @property
    def how(self) -> str:
        return HOW[self.key]

    def shown(self, most: int) -> Sequence[Sequence[Cell]]:
        """The first rows, at most so many; of one that only says something as a whole, all."""
        return self.rows if self.is_whole else self.rows[:most]

    def more(self, most: int) -> str:
        """What is said below a table that is cut: "And 12 more."; empty: it is whole."""
        left = self.total - len(self.shown(most))
        return f"And {left:,} more." if left > 0 else ""
