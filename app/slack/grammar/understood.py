"""What was understood of one text: everything that a door needs, and the text itself, so that nothing is ever lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.words import plural

INCIDENT, PRACTICE, ITEM = "incident", "practice", "item"
PREFIXES = {INCIDENT: "INC", PRACTICE: "BP", ITEM: "ACT"}
KIND_WORDS = {INCIDENT: "an incident", PRACTICE: "a practice", ITEM: "an action item"}

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

DECLARE, SHOW, MENU, UNCLEAR = "declare", "show", "menu", "unclear"


@dataclass(frozen=True, order=True)
class Ref:
    """A number with its kind: `str()` gives INC-42, BP-5 or ACT-7."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{PREFIXES[self.kind]}-{self.number}"


@dataclass(frozen=True)
class Understood:
    """`verb` is one of the table in `verbs.py`, or "unclear": then nothing is done, and `nearest` says what to offer.

    `people`: Slack ids (U1), or names with their @ (@bob) where Slack gave none; `channels` alike (C1, #payments);
    `groups`: ids of Slack user groups (S1); `labels`: teams or services, without their ~. All in order of mention.
    `week` is an ISO week (2026-W47). `words` is what is left, as typed, with single spaces; `typed` is the whole.
    `is_guess`: no verb was found, so it was taken for an incident. `problems`: sentences that say what to do.
    """

    typed: str
    verb: str
    words: str = ""
    refs: tuple[Ref, ...] = ()
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    severity: str | None = None
    on: date | None = None
    later_days: int | None = None
    week: str | None = None
    is_guess: bool = False
    nearest: str | None = None
    problems: tuple[str, ...] = ()

    @property
    def ref(self) -> Ref | None:
        return self.refs[0] if self.refs else None

    @property
    def label(self) -> str | None:
        return self.labels[0] if self.labels else None


def echo(understood: Understood) -> str:
    """One line that says what was understood, in plain text: escape it like anything typed."""
    parts = [
        _verb(understood),
        ", ".join(map(str, understood.refs)),
        understood.severity,
        " ".join(each if each.startswith("@") else f"<@{each}>" for each in understood.people),
        " ".join(f"<!subteam^{each}>" for each in understood.groups),
        " ".join(each if each.startswith("#") else f"<#{each}>" for each in understood.channels),
        " ".join(f"~{each}" for each in understood.labels),
        f"by {day_in_words(understood.on)}" if understood.on else None,
        f"{plural(understood.later_days, 'day')} later" if understood.later_days else None,
        f"week {understood.week}" if understood.week else None,
        f"“{understood.words}”" if understood.words else None,
    ]
    return " · ".join(part for part in parts if part)


def _verb(understood: Understood) -> str:
    if understood.verb == UNCLEAR:
        return f"unclear, did you mean {understood.nearest}?" if understood.nearest else "unclear"
    if understood.nearest:
        return f"{understood.verb}, or did you mean {understood.nearest}?"
    return understood.verb


def day_in_words(on: date) -> str:
    """Fri 27 Nov 2026, whatever the machine's language."""
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[on.weekday()]
    return f"{weekday} {on.day} {_MONTHS[on.month - 1]} {on.year}"
