"""One thing that was read from a text: a number, a person, a date, or a word like any other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.slack.grammar import tokens
from app.slack.grammar.tokens import Piece

WORD, REF, NUMBER, LABEL, SEVERITY, SHORT, DUE, DAY, LATER, SPAN, WEEK = (
    "word", "ref", "number", "label", "severity", "short", "due", "day", "later", "span", "week",
)  # fmt: skip
PERSON, GROUP, CHANNEL = tokens.PERSON, tokens.GROUP, tokens.CHANNEL


@dataclass(frozen=True, slots=True)
class Item:
    """`pieces` are what it was read from, and `name`, `number`, `on` what it means; `problem`: why it means nothing."""

    kind: str
    pieces: tuple[Piece, ...]
    name: str = ""
    number: int = 0
    on: date | None = None
    problem: str = ""

    @property
    def plain(self) -> str:
        return self.pieces[0].plain

    @property
    def typed(self) -> str:
        return "".join(("" if each.is_glued or at == 0 else " ") + each.typed for at, each in enumerate(self.pieces))
