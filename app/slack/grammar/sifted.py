"""What one verb has taken of a text, while it is being collected."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.slack.grammar.item import Item
from app.slack.grammar.understood import Ref
from app.slack.grammar.verbs import Verb


@dataclass
class Sifted:
    """What one verb takes of a text. `words` are the items left, each with its place in the text."""

    verb: Verb
    today: date
    is_shy: bool
    refs: list[Ref] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    severities: list[str] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    weeks: list[str] = field(default_factory=list)
    words: list[tuple[int, Item]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    has_number: bool = False  # of whatever kind, before the words: it settles that this is the verb

    @property
    def text(self) -> str:
        """The words as typed, with single spaces; of "disk full, sev1" no comma is left hanging."""
        parts: list[str] = []
        for nth, (at, item) in enumerate(self.words):
            is_glued = nth > 0 and item.pieces[0].is_glued and self.words[nth - 1][0] == at - 1
            parts.append(("" if is_glued or nth == 0 else " ") + item.typed)
        return "".join(parts).rstrip(" ,;")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands: before all words, after all words, and between which."""

    is_leading: bool
    is_trailing: bool
    before: str
    after: str
    is_first: bool
