"""How each kind of item is read. The first letter says which readers are tried, so that long texts take no longer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeAlias

from app.domain.lifecycle import SEVERITIES
from app.slack.grammar.dates import day_at, iso_week, week_of
from app.slack.grammar.item import (
    CHANNEL,
    DAY,
    DUE,
    LABEL,
    LATER,
    NUMBER,
    PERSON,
    REF,
    SEVERITY,
    SHORT,
    SPAN,
    WEEK,
    Item,
)
from app.slack.grammar.tokens import Piece
from app.slack.grammar.understood import INCIDENT, ITEM, PRACTICE

Read: TypeAlias = Callable[[Sequence[Piece], date], Item | None]

_NUMBER = r"(0{0,8}[1-9][0-9]{0,8})"  # what a database keeps as a whole number
_KINDS = {
    "inc": INCIDENT, "incident": INCIDENT, "bp": PRACTICE, "practice": PRACTICE, "act": ITEM, "action": ITEM,
    "item": ITEM, "task": ITEM,
}  # fmt: skip
_REF = re.compile(rf"(inc|incident|bp|act)[-#:]?{_NUMBER}")
_BARE = re.compile(rf"#?{_NUMBER}")
_SEVERITY = re.compile(r"(?:sev|severity)[-:]?([0-9])|([sp])-?([0-9])")
_PERSON = re.compile(r"@\w[\w.'-]{0,79}")
_CHANNEL = re.compile(r"#(?=[^\W\d]|\d+-?[^\W\d])\w[\w-]{0,79}")
_LABEL = re.compile(r"~([^\W\d_][\w./-]{0,62})")
_EVERYBODY = {"@here", "@channel", "@everyone"}
_LENGTH = re.compile(r"\+?([0-9]{1,4})(d|w)?")
_DAYS = {"d": 1, "day": 1, "days": 1, "w": 7, "week": 7, "weeks": 7, "month": 30, "months": 30}
_INTRODUCE_DAY = {"by", "until", "till", "due"}


def _ref(ahead: Sequence[Piece], today: date) -> Item | None:
    match = _REF.fullmatch(ahead[0].plain)
    return Item(REF, (ahead[0],), name=_KINDS[match[1]], number=int(match[2])) if match else None


def spaced_ref(ahead: Sequence[Piece], today: date) -> Item | None:
    """ "act 7", "incident #42": counts only before other words."""
    kind = _KINDS.get(ahead[0].plain)
    match = _BARE.fullmatch(ahead[1].plain) if kind and len(ahead) > 1 else None
    return Item(NUMBER, (*ahead[:2],), name=kind or "", number=int(match[1])) if match else None


def _number(ahead: Sequence[Piece], today: date) -> Item | None:
    match = _BARE.fullmatch(ahead[0].plain)
    return Item(NUMBER, (ahead[0],), number=int(match[1])) if match else None


def _severity(ahead: Sequence[Piece], today: date) -> Item | None:
    used = 2 if ahead[0].plain in ("sev", "severity") and len(ahead) > 1 else 1
    match = _SEVERITY.fullmatch("".join(each.plain for each in ahead[:used]))
    if not match:
        return None
    name = f"SEV{match[1] or match[3]}"
    known = name in SEVERITIES
    if match[2]:
        return Item(SHORT, (ahead[0],), name=name) if known else None
    problem = "" if known else f"There is no {name}: choose one of {', '.join(SEVERITIES)}."
    return Item(SEVERITY, (*ahead[:used],), name=name if known else "", problem=problem)


def _person(ahead: Sequence[Piece], today: date) -> Item | None:
    typed = ahead[0].typed.strip("()[],;:!?*").rstrip(".'")
    is_one = _PERSON.fullmatch(typed) and typed.casefold() not in _EVERYBODY
    return Item(PERSON, (ahead[0],), name=typed) if is_one else None


def _channel(ahead: Sequence[Piece], today: date) -> Item | None:
    match = _CHANNEL.fullmatch(ahead[0].plain)
    return Item(CHANNEL, (ahead[0],), name=match[0]) if match else None


def _label(ahead: Sequence[Piece], today: date) -> Item | None:
    match = _LABEL.fullmatch(ahead[0].plain)
    return Item(LABEL, (ahead[0],), name=match[1].rstrip("./-")) if match else None


def _length(ahead: Sequence[Piece]) -> tuple[int, int] | None:
    """Pieces used, and days: "+3d", "2 weeks", "a week"."""
    match = _LENGTH.fullmatch(ahead[0].plain) if ahead else None
    if match and match[2]:
        return 1, int(match[1]) * _DAYS[match[2]]
    number = int(match[1]) if match else int(bool(ahead) and ahead[0].plain in ("a", "one"))
    unit = _DAYS.get(ahead[1].plain) if len(ahead) > 1 else None
    return (2, number * unit) if number and unit else None


def _later(ahead: Sequence[Piece], today: date) -> Item | None:
    length = _length(ahead)
    kind = LATER if ahead[0].plain.startswith("+") else SPAN
    return Item(kind, (*ahead[: length[0]],), number=length[1]) if length and length[1] else None


def _span(ahead: Sequence[Piece], today: date) -> Item | None:
    length = _length(ahead[1:]) if ahead[0].plain == "for" and _has_no_sign(ahead) else None
    return Item(SPAN, (*ahead[: length[0] + 1],), number=length[1]) if length and length[1] else None


def _has_no_sign(ahead: Sequence[Piece]) -> bool:
    return len(ahead) > 1 and not ahead[1].plain.startswith("+")


def _in(ahead: Sequence[Piece], today: date) -> Item | None:
    length = _length(ahead[1:]) if ahead[0].plain == "in" and _has_no_sign(ahead) else None
    return Item(DUE, (*ahead[: length[0] + 1],), on=today + timedelta(days=length[1])) if length else None


def _due(ahead: Sequence[Piece], today: date) -> Item | None:
    if ahead[0].plain not in _INTRODUCE_DAY:
        return None
    used = 2 if ahead[0].plain == "due" and len(ahead) > 1 and ahead[1].plain in ("by", "on") else 1
    found = day_at([each.plain for each in ahead[used:]], today)
    return Item(DUE, (*ahead[: used + found.count],), on=found.on, problem=found.problem) if found else None


def _day(ahead: Sequence[Piece], today: date) -> Item | None:
    """A day without "by", of one word and not the short "sat" or "sun": counts only before other words."""
    first = ahead[0].plain
    found = day_at([first], today) if len(first) > 4 else None
    return Item(DAY, (ahead[0],), on=found.on, problem=found.problem) if found else None


def _week(ahead: Sequence[Piece], today: date) -> Item | None:
    is_spoken = ahead[0].plain == "week" and len(ahead) > 1
    found = week_of(f"w{ahead[1].plain}" if is_spoken else ahead[0].plain, today)
    if not found:
        return None
    is_long = is_spoken or (ahead[0].plain in ("last", "this") and [each.plain for each in ahead[1:2]] == ["week"])
    name = iso_week(found.on) if found.on else ""
    return Item(WEEK, (*ahead[: 1 + is_long],), name=name, problem=found.problem)


LONGEST = 82  # characters of the longest item: a name
_ANY_DAY: tuple[Read, ...] = (_day,)
READERS: dict[str, tuple[Read, ...]] = {
    "@": (_person,),
    "#": (_number, _channel),
    "~": (_label,),
    "+": (_later,),
    "i": (_ref, spaced_ref, _in),
    "a": (_ref, spaced_ref, _later),
    "b": (_ref, spaced_ref, _due),
    "p": (spaced_ref, _severity),
    "s": (_severity, *_ANY_DAY),
    "d": (_due,),
    "u": (_due,),
    "t": (spaced_ref, _due, _week, *_ANY_DAY),
    "f": (_span, *_ANY_DAY),
    "m": _ANY_DAY,
    "w": (_week, *_ANY_DAY),
    "l": (_week,),
    **dict.fromkeys("0123456789", (_week, _later, _number, *_ANY_DAY)),
}
