"""Text into pieces: what Slack has marked up is unpacked, the rest is split at spaces, in one pass."""

from __future__ import annotations

import re
from dataclasses import dataclass

PERSON, GROUP, CHANNEL, WORD = "person", "group", "channel", "word"

# Control characters and halves of characters: no database keeps them, nobody has typed them on purpose.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_PIECE = re.compile(r"<[^<>]*>[,.;:!?)]*|<+[^\s<]*|[^\s<]+")
_MOST = 1_000  # pieces: what is longer has been pasted, and its rest stays as it is, in the words
_AROUND = "*_`\"'()[]“”‘’.,;:!?"
_USER = re.compile(r"@([UW][A-Z0-9]{0,30})")
_CHANNEL = re.compile(r"#([CDG][A-Z0-9]{0,30})")
_GROUP = re.compile(r"!subteam\^(S[A-Z0-9]{0,30})")


@dataclass(frozen=True, slots=True)
class Piece:
    """`typed` is what stays in the words, `plain` what is compared; `value` is the id of a person, group or channel.

    `is_glued`: no space stood before it.
    """

    typed: str
    plain: str
    kind: str = WORD
    value: str = ""
    is_glued: bool = False


def pieces_of(text: str) -> list[Piece]:
    """The pieces of what came from Slack, `&amp;` and its like undone."""
    found: list[Piece] = []
    end = -1
    clean = _UNSEEN.sub(" ", text)
    for match in _PIECE.finditer(clean):
        if len(found) == _MOST:
            rest = unescaped(" ".join(clean[match.start() :].split()))
            return [*found, Piece(rest, rest, is_glued=match.start() == end)]
        found.append(_piece(match.group(), is_glued=match.start() == end))
        end = match.end()
    return found


def _piece(raw: str, *, is_glued: bool) -> Piece:
    if raw.startswith("<") and ">" in raw:
        inside, _, after = raw[1:].partition(">")
        kind, value, shown = _unpacked(inside)
        typed = " ".join((unescaped(shown) + after).split())
        return Piece(typed, _plain(typed), kind, value, is_glued)
    typed = unescaped(raw)
    return Piece(typed, _plain(typed), is_glued=is_glued)


def _unpacked(inside: str) -> tuple[str, str, str]:
    """The kind, the id, and how it reads. `<https://x|x>` reads as what was typed: x."""
    target, _, label = (part.strip() for part in inside.partition("|"))
    for kind, pattern, sign in ((PERSON, _USER, "@"), (CHANNEL, _CHANNEL, "#"), (GROUP, _GROUP, "@")):
        if match := pattern.fullmatch(target):
            return kind, match[1], sign + label.lstrip(sign) if label else f"<{target}>"
    if target.startswith("!"):  # <!here>, <!date^1|yesterday>
        return WORD, "", label or f"@{target[1:]}"
    if ":" not in target:  # nothing of Slack's
        return WORD, "", f"<{inside}>"
    if not label or target == label:
        return WORD, "", target
    return WORD, "", label if target.rstrip("/").endswith(label.rstrip("/")) else f"{label} ({target})"


def _plain(typed: str) -> str:
    return typed.strip(_AROUND).casefold() or typed.casefold()


def unescaped(text: str) -> str:
    """What Slack escapes in the text that people type. `&amp;` is the last, so that `&amp;lt;` stays `&lt;`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
