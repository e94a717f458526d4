"""The way from a text to what it means. Pure: the same text on the same day always means the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.slack.grammar import item as of
from app.slack.grammar.common_words import COURTESY, THIS
from app.slack.grammar.fits import fits
from app.slack.grammar.item import Item
from app.slack.grammar.items import items_of
from app.slack.grammar.nearest import nearest_verb
from app.slack.grammar.readers import spaced_ref
from app.slack.grammar.settle import settle
from app.slack.grammar.sift import sift
from app.slack.grammar.sifted import Sifted
from app.slack.grammar.tokens import Piece, pieces_of
from app.slack.grammar.understood import DECLARE, INCIDENT, ITEM, MENU, PRACTICE, SHOW, UNCLEAR, Understood
from app.slack.grammar.verbs import BY_NAME, LONGEST, SPELLINGS, Spelling, key_of

_SAID_OF = {INCIDENT: "timeline", PRACTICE: SHOW, ITEM: "done"}  # what most likely was meant by "INC-42 some words"


def understand(text: str, *, today: date) -> Understood:
    """What a person means by what they typed after `/ratchet` or after a mention of the bot. Never fails.

    `text` as Slack sends it, escaped (`<@U1|bob>`, `&amp;`), without the mention of the bot itself.
    `today` in the person's own time zone: "by tomorrow" counts from it.
    """
    pieces = pieces_of(text)
    start = 0
    while start < len(pieces) and pieces[start].plain in COURTESY:
        start += 1
    reading = _Reading(text, pieces[start:], today)
    if not reading.pieces:
        return Understood(text, MENU)
    return reading.only_severity() or reading.number_first() or reading.verb_first() or reading.guess()


@dataclass(frozen=True)
class _Reading:
    """One text, read in each of the ways in which people begin."""

    typed: str
    pieces: Sequence[Piece]
    today: date

    def number_first(self) -> Understood | None:
        """ "INC-42", "42 resolved", "ACT-7 done"; an explicit number and other words are unclear."""
        ref = self._ref_at_start()
        if ref is None:
            return None
        after = self.pieces[len(ref.pieces) :]
        if not after:
            return self._as(SHOW, [ref])
        spelling, used = _spelled(after)
        if spelling and (ref.kind == of.REF or not spelling.is_shy):
            is_known = not ref.name or ref.name in spelling.verb.refs
            found = [ref, *self._items(after[used:])]
            sifted = self._sifted(spelling, found)
            if spelling.verb.refs and is_known and fits(spelling, found, sifted, has_colon=False):
                return settle(self.typed, sifted)
        if ref.kind != of.REF:
            return None  # "42 hosts are down"
        unclear = self._as(_SAID_OF[ref.name], [ref, *self._items(after)])
        return replace(unclear, verb=UNCLEAR, nearest=unclear.verb)

    def _ref_at_start(self) -> Item | None:
        first = self._items(self.pieces[:1])[0]
        if first.kind in (of.REF, of.NUMBER):
            return first
        spaced = None if first.plain in ("action", "task") else spaced_ref(self.pieces, self.today)
        return replace(spaced, kind=of.REF) if spaced and len(self.pieces) == 2 else spaced

    def only_severity(self) -> Understood | None:
        """ "sev2 42", "INC-42 sev2" change a severity; "sev2 checkout is down" declares."""
        found = self._items(self.pieces)
        sifted = sift(found, BY_NAME["severity"], self.today)
        is_one = any(item.kind == of.SEVERITY for item in found) and not sifted.words
        return settle(self.typed, sifted) if is_one else None

    def verb_first(self) -> Understood | None:
        spelling, used = _spelled(self.pieces)
        if spelling is None:
            return None
        found = self._items(self.pieces[used:])
        if spelling.verb.refs and all(each.plain in THIS for each in self.pieces[used:]):
            found = []
        has_colon = self.pieces[used - 1].typed.endswith(":")
        sifted = self._sifted(spelling, found)
        if fits(spelling, found, sifted, has_colon=has_colon):
            return settle(self.typed, sifted)
        return self._declared(None if spelling.verb.name == DECLARE else spelling.verb.name)

    def guess(self) -> Understood:
        """No verb: an incident, or a slip of the finger."""
        verb = nearest_verb(self.pieces[0].plain)
        if verb is None:
            return self._declared(None)
        after = self._items(self.pieces[1:])
        sifted = sift(after, verb, self.today)
        if not after or sifted.has_number or sifted.lengths or sifted.weeks:
            return replace(settle(self.typed, sifted), verb=UNCLEAR, nearest=verb.name)
        return self._declared(verb.name)

    def _declared(self, nearest: str | None) -> Understood:
        return replace(self._as(DECLARE, self._items(self.pieces)), is_guess=True, nearest=nearest)

    def _as(self, name: str, found: Sequence[Item]) -> Understood:
        return settle(self.typed, sift(found, BY_NAME[name], self.today))

    def _sifted(self, spelling: Spelling, found: Sequence[Item]) -> Sifted:
        return sift(found, spelling.verb, self.today, is_shy=spelling.is_shy)

    def _items(self, pieces: Sequence[Piece]) -> list[Item]:
        return items_of(pieces, self.today)


def _spelled(pieces: Sequence[Piece]) -> tuple[Spelling | None, int]:
    """The longest spelling with which the pieces begin, and of how many pieces it is."""
    for count in range(min(LONGEST, len(pieces)), 0, -1):
        if spelling := SPELLINGS.get(key_of("".join(each.plain for each in pieces[:count]))):
            return spelling, count
    return None, 0
