"""Whether a text that begins with a verb's word means that verb. If it does not, it says what broke."""

from __future__ import annotations

from collections.abc import Sequence

from app.slack.grammar.common_words import BROKEN, COURTESY, FINITE, REASON
from app.slack.grammar.item import SEVERITY as SEVERITY_ITEM
from app.slack.grammar.item import Item
from app.slack.grammar.sifted import Sifted
from app.slack.grammar.verbs import SEVERITY, SPELLINGS, WORDS, Spelling, key_of


def fits(spelling: Spelling, after: Sequence[Item], sifted: Sifted, *, has_colon: bool) -> bool:
    """`after`: the items after the verb's word; `sifted`: the same as the verb takes them; "verb:" says that it is one.

    The rules, the first that holds: a number settles it; what a verb cannot take speaks against it; a shy word needs
    a sign.
    """
    verb = spelling.verb
    words = [item.plain for _, item in sifted.words if item.plain not in COURTESY]
    if sifted.has_number:
        return not (words and spelling.is_shy and WORDS not in verb.takes)  # "status 500 on checkout"
    if not after:
        return True
    if after[0].plain in FINITE or (words and WORDS not in verb.takes and not set(words) <= set(verb.known)):
        return False
    if _has_severity(after) and (SEVERITY not in verb.takes or (spelling.is_shy and not has_colon)):
        return False
    if verb.name == "help":
        return _asks_for_help(words)
    return not spelling.is_shy or has_colon or _has_sign(sifted, words)


def _has_sign(sifted: Sifted, words: Sequence[str]) -> bool:
    """Something that people do not type when they say what broke. A verb without numbers, find, needs no more."""
    if sifted.days or sifted.lengths or sifted.weeks or not words or words[0] in REASON:
        return True
    return not sifted.verb.refs and not BROKEN.intersection(words)


def _has_severity(after: Sequence[Item]) -> bool:
    return any(item.kind == SEVERITY_ITEM for item in after)


def _asks_for_help(words: Sequence[str]) -> bool:
    """ "help", "help resolve", "help best practice", "help resovle", "help me"; not "help checkout is down"."""
    return len(words) <= 1 or (len(words) <= 3 and key_of("".join(words)) in SPELLINGS)
