"""An expression while it is typed: what it says about one service, and why; or whom a selector means."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import cel
from app.domain.automation import ERROR
from app.domain.errors import Refused
from app.models.catalog import Fact, Service
from app.queries.checks import EVERY_SERVICE
from app.queries.verdicts import Subject, applies, subjects, verdict

UNREADABLE = "unreadable"
NAMED_MAX, ALL_MAX, FACTS_MAX, VALUE_MAX = 20, 1_000, 20, 200
SECONDS_MAX = 2.0  # for one selector on all services: then it says how far it came, or finds none
_PLACE = re.compile(r"line (\d+), column (\d+)")
_FACT = re.compile(r"""\bfacts\s*(?:\[\s*(?:"([^"\\]{1,200})"|'([^'\\]{1,200})')\s*\]|\.\s*([A-Za-z_]\w{0,199}))""")
_ASKED = re.compile(r"""(?:"([^"\\]{1,200})"|'([^'\\]{1,200})')\s+in\s+facts\b""")


@dataclass(frozen=True)
class Place:
    """Where in the text the mistake is; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Read:
    """A fact that the expression asks for. `at` is None: the service does not report it."""

    key: str
    value: str = ""
    source: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class CheckTrial:
    """`result`: pass, fail, error, or unreadable; `service` is None when there is none to try it on."""

    result: str
    message: str
    service: str | None = None
    place: Place | None = None
    does_apply: bool | None = None
    facts: Sequence[Read] = ()
    is_dynamic: bool = False


@dataclass(frozen=True)
class SelectorTrial:
    """Whom a selector means. `looked_at` is less than `out_of` when it took too long."""

    message: str = ""
    place: Place | None = None
    count: int = 0
    looked_at: int = 0
    out_of: int = 0
    names: Sequence[str] = ()
    failing: Sequence[str] = ()
    failing_count: int = 0
    failing_because: str = ""

    @property
    def is_readable(self) -> bool:
        return not self.message


def check(session: Session, text: str, service_name: str, selector: str) -> CheckTrial:
    """A facts check on one service: the named one, or else the first that the selector means. Six queries at most."""
    try:
        expression = cel.read(text)
    except Refused as refused:
        return CheckTrial(UNREADABLE, str(refused), place=_place(str(refused)))
    on = _subject(session, service_name, selector)
    if on is None:
        named = f"There is no service {service_name[:100]} in use. Choose another one." if service_name else ""
        return CheckTrial(ERROR, named or "The practice applies to no service, so there is nothing to try it on.")
    result, message = verdict(text, on)
    keys, is_dynamic = facts_read(expression)
    return CheckTrial(
        result, message, on.name, does_apply=applies(selector or EVERY_SERVICE, on),
        facts=_values(session, on.id, keys), is_dynamic=is_dynamic,
    )  # fmt: skip


def selector(session: Session, text: str, *, names_max: int = NAMED_MAX) -> SelectorTrial:
    """Whom a selector means among all services in use; four queries, and two seconds at most."""
    text = text if text.strip() else EVERY_SERVICE
    try:
        cel.read(text, "selector")
    except Refused as refused:
        return SelectorTrial(str(refused), _place(str(refused)))
    among = subjects(session)
    until = time.monotonic() + SECONDS_MAX
    found, failing, looked_at = list[str](), list[Subject](), 0
    for each in among:
        if time.monotonic() > until:
            break
        does = applies(text, each)
        looked_at += 1
        if does:
            found.append(each.name)
        elif does is None:
            failing.append(each)
    return SelectorTrial(
        count=len(found), looked_at=looked_at, out_of=len(among), names=found[:names_max],
        failing=[each.name for each in failing[:names_max]], failing_count=len(failing),
        failing_because=_why(text, failing[0]) if failing else "",
    )  # fmt: skip


def _why(text: str, on: Subject) -> str:
    try:
        cel.read(text).holds(on.values)
    except cel.ExpressionError as error:
        return str(error)
    return ""


def facts_read(expression: cel.Expression) -> tuple[list[str], bool]:
    """The keys of the facts that an expression asks for, and whether it may ask for others too."""
    literal: Any = getattr(expression, "facts_read", ())
    if literal:
        return sorted(set(literal)), False
    found = [key for pattern in (_FACT, _ASKED) for match in pattern.findall(expression.text) for key in match if key]
    return sorted(set(found)), literal is None


def _subject(session: Session, name: str, selector: str) -> Subject | None:
    if not name:
        among, until = subjects(session), time.monotonic() + SECONDS_MAX
        in_time = takewhile(lambda _: time.monotonic() < until, among)
        return next((each for each in in_time if applies(selector or EVERY_SERVICE, each)), None)
    service_id = session.scalar(select(Service.id).where(Service.name == name, ~Service.is_retired))
    return next(iter(subjects(session, [service_id])), None) if service_id is not None else None


def _values(session: Session, service_id: int, keys: Sequence[str]) -> list[Read]:
    keys = keys[:FACTS_MAX]
    rows = session.scalars(select(Fact).where(Fact.service_id == service_id, Fact.key.in_(keys)))
    known = {row.key: Read(row.key, _short(row.value), row.source, row.at) for row in rows}
    return [known.get(key, Read(key)) for key in keys]


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= VALUE_MAX else text[: VALUE_MAX - 1] + "…"


def _place(sentence: str) -> Place | None:
    found = _PLACE.search(sentence)
    return Place(int(found[1]), int(found[2])) if found else None
