"""Pieces of messages. Whatever a person has typed goes through `typed()`: it can neither format, mention nor grow."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

from app.queries.notice import Who

Block: TypeAlias = dict[str, Any]

SECTION_MAX, FIELD_MAX, TEXT_MAX = 3000, 2000, 1000  # of Slack, but for the last: our own, for notifications
VALUE_MAX = 2000  # of Slack, for what a button carries
TITLE_MAX, LINE_MAX, PARAGRAPH_MAX = 150, 300, 700

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LOOKALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_FORMATTING = re.compile(r"(?<![^\W_])[*_~`]+|[*_~`]+(?![^\W_])")  # http_timeout_ms stays as it is
_UNSEEN = {"Cc", "Cs"}  # control characters, and halves of characters
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would turn the rest of the line around
_SLACK_USER = re.compile(r"[UW][A-Z0-9]{1,30}")


@dataclass(frozen=True)
class Message:
    """`text` is for notifications and screen readers; `blocks` is what is seen."""

    text: str
    blocks: list[Block]


def typed(text: str, most: int = TITLE_MAX) -> str:
    """What a person typed, on one line, as harmless mrkdwn of at most so many characters; cut at a word with "…"."""
    flat = " ".join(text.split())
    seen = "".join(each for each in flat if unicodedata.category(each) not in _UNSEEN and each not in _TURNING)
    return capped(_FORMATTING.sub(lambda found: found[0].translate(_LOOKALIKES), seen), most)


def capped(text: str, most: int) -> str:
    """Escaped, and measured after that: escaping makes text longer. Slack counts like JavaScript: emoji are two."""
    pieces = [_ESCAPES.get(each, each) for each in text]
    if sum(map(_length, pieces)) <= most:
        return "".join(pieces)
    kept: list[str] = []
    left = most - 1
    for piece in pieces:
        left -= _length(piece)
        if left < 0:
            break
        kept.append(piece)
    last_space = max((at for at, piece in enumerate(kept) if piece == " "), default=0)
    if last_space >= len(kept) // 2:  # one endless word is cut anywhere
        kept = kept[:last_space]
    return "".join(kept).rstrip() + "…"


def _length(piece: str) -> int:
    return len(piece) + (len(piece) == 1 and ord(piece) > 0xFFFF)


def name(who: Who | None, otherwise: str = "Ratchet") -> str:
    """Somebody by name: nobody is pinged."""
    return typed(who.name, 80) if who else otherwise


def mention(who: Who) -> str:
    """Somebody who has to act: pinged if their Slack account is known."""
    known = who.slack_user_id or ""
    return f"<@{known}>" if _SLACK_USER.fullmatch(known) else f"*{name(who)}*"


def when(at: datetime) -> str:
    """An instant in the zone of whoever reads it."""
    utc = at.astimezone(UTC)
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{utc.day} {utc:%b %Y, %H:%M} UTC>"


def day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b %Y}"


def link(url: str, words: str) -> str:
    return f"<{url}|{words}>"


def listed(names: Sequence[str], total: int | None = None, *, most: int = 5) -> str:
    """ "checkout, payments and 3 more"."""
    shown = [typed(each, 80) for each in names[:most]]
    more = (len(names) if total is None else total) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def header(words: str) -> Block:
    """A title, in plain text."""
    return {"type": "header", "text": plain(words, TITLE_MAX)}


def section(*lines: str) -> Block:
    return {"type": "section", "text": _mrkdwn("\n".join(line for line in lines if line))}


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """Name and value, two in a row."""
    return {"type": "section", "fields": [_mrkdwn(f"*{title}*\n{value}") for title, value in pairs]}


def context(line: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(line)]}


@dataclass(frozen=True)
class Button:
    """With a `url` it opens a page. Without, it does: a click on `verb` with `value` is as if it had been typed, so
    `value` names what is meant ("INC-42"). `verb` is what it is called when Slack tells of the click. With `is_form` it
    opens the form of its verb, whatever could be done at once."""

    words: str
    url: str = ""
    verb: str = ""
    value: str = ""
    style: str = ""
    is_form: bool = False


DO, OPEN, TO_FORM = "do", "open", "form"  # what a click does: how the action id of a button begins


def actions(*buttons: Button) -> Block:
    """At most three buttons; the first one is what to do next."""
    elements = [_button(each, at) for at, each in enumerate(buttons[:3])]
    elements[0].setdefault("style", "primary")
    return {"type": "actions", "elements": elements}


def choices(*buttons: Button) -> Block:
    """Up to five buttons, none more likely than the others."""
    return {"type": "actions", "elements": [_button(each, at) for at, each in enumerate(buttons[:5])]}


def _button(of: Button, at: int) -> Block:
    does = OPEN if of.url else TO_FORM if of.is_form else DO
    made: Block = {
        "type": "button",
        "text": plain(of.words, 75),
        "action_id": f"{does}:{of.verb}:{at}",
    }
    if of.url:
        made["url"] = of.url
    if of.value:
        made["value"] = of.value
    if of.style:
        made["style"] = of.style
    return made


def cut(text: str, most: int) -> str:
    """At most so many characters, as Slack counts them: emoji are two."""
    kept: list[str] = []
    for each in text:
        most -= _length(each)
        if most < 0:
            break
        kept.append(each)
    return "".join(kept)


def plain(text: str, most: int) -> Block:
    """Plain text for labels, titles and buttons: nothing in it means anything, so it is cut but not escaped."""
    seen = "".join(each for each in " ".join(text.split()) if unicodedata.category(each) not in _UNSEEN)
    if sum(map(_length, seen)) > most:
        seen = cut(seen, most - 1).rstrip() + "…"
    return {"type": "plain_text", "text": seen or "–", "emoji": False}


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack makes no links or mentions of its own out of what a person typed, such as @channel.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
