"""Pieces into items: each one alone, whatever the verb. Which of them count is decided in `sift.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.slack.grammar import tokens
from app.slack.grammar.item import WORD, Item
from app.slack.grammar.readers import LONGEST, READERS
from app.slack.grammar.tokens import Piece

_AHEAD = 5  # pieces that the longest item may have: "by end of the week"


def items_of(pieces: Sequence[Piece], today: date) -> list[Item]:
    """Every piece is in exactly one item, in order; what is nothing else is a word."""
    found: list[Item] = []
    at = 0
    while at < len(pieces):
        item = _item(pieces[at : at + _AHEAD], today)
        found.append(item)
        at += len(item.pieces)
    return found


def _item(ahead: Sequence[Piece], today: date) -> Item:
    first = ahead[0]
    if first.kind != tokens.WORD:
        return Item(first.kind, (first,), name=first.value)
    if len(first.plain) <= LONGEST:
        for read in READERS.get(first.plain[0], ()):
            if item := read(ahead, today):
                return item
    return Item(WORD, (first,))


def as_words(item: Item) -> list[Item]:
    """An item that did not count, as the words that it was typed in."""
    return [replace(item, kind=WORD, pieces=(piece,)) for piece in item.pieces]
