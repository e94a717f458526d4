"""Which items count for one verb. What does not count stays in the words, so that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.slack.grammar import item as of
from app.slack.grammar.common_words import CONNECTING
from app.slack.grammar.item import Item
from app.slack.grammar.items import as_words
from app.slack.grammar.sifted import Place, Sifted
from app.slack.grammar.takers import TAKE
from app.slack.grammar.verbs import CHANNELS, DUE, LABELS, LATER, PEOPLE, SEVERITY, WEEK, Verb


def sift(found: Sequence[Item], verb: Verb, today: date, *, is_shy: bool = False) -> Sifted:
    """One pass. Numbers and days without a sign count only before the words; the rest wherever it stands."""
    sifted = Sifted(verb, today, is_shy)
    line = _spread(found, verb)
    last_word = max((at for at, item in enumerate(line) if item.kind == of.WORD), default=-1)
    is_leading = True
    for at, item in enumerate(line):
        before, after = (line[at - 1].plain if at else ""), (line[at + 1].plain if at + 1 < len(line) else "")
        place = Place(is_leading, at > last_word, before, after, at == 0)
        take = TAKE.get(item.kind)
        if take and take(sifted, item, place):
            if sifted.words and sifted.words[-1][0] == at - 1 and before in CONNECTING:
                sifted.words.pop()
        else:
            sifted.words.append((at, item))
            is_leading = is_leading and item.plain in CONNECTING
    return sifted


def _spread(found: Sequence[Item], verb: Verb) -> list[Item]:
    """What this verb cannot take in any place becomes words, one for each piece."""
    has_severity = any(item.kind == of.SEVERITY for item in found)
    able = {kind for kind, needs in _NEEDS.items() if needs in verb.takes}
    if verb.refs:
        able |= {of.REF, of.NUMBER}
    if has_severity:
        able.discard(of.SHORT)  # "s3 uploads fail sev2": s3 is not a second severity
    line: list[Item] = []
    for item in found:
        line.extend([item] if item.kind in able or item.kind == of.WORD else as_words(item))
    return line


_NEEDS = {
    of.PERSON: PEOPLE, of.GROUP: PEOPLE, of.CHANNEL: CHANNELS, of.LABEL: LABELS, of.SEVERITY: SEVERITY,
    of.SHORT: SEVERITY, of.DUE: DUE, of.DAY: LATER, of.LATER: DUE, of.SPAN: LATER, of.WEEK: WEEK,
}  # fmt: skip
