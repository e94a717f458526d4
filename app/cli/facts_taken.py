"""What becomes of the facts that a command has read of one service: one transaction, compared with what was known."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError

from app.domain.errors import RatchetError
from app.domain.people import RATCHET
from app.intake.problem import shorten
from app.models.catalog import Fact, Service
from app.workflow import adoption, catalog
from app.workflow.unit_of_work import UnitOfWork, Work

REPORTED, UNKNOWN, REFUSED = "reported", "unknown", "refused"
VALUE_MAX = 40


@dataclass(frozen=True, kw_only=True)
class _Optional:
    may_add: bool = False
    kind: str = "stateless"
    withdraws: Collection[str] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Telling(_Optional):
    """What was read of one service. `withdraws`: keys that were read with these, and can no longer be known."""

    service: str
    facts: Mapping[str, Any]
    source: str


@dataclass(frozen=True)
class Outcome:
    """What became of it. `changed` are sentences; `added_as` is the kind of a service that was added."""

    service: str
    result: str
    why: str = ""
    added_as: str = ""
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    same: int = 0


class _Undo(Exception):
    """Leaves a dry run before it is committed."""


def take_all(
    begin: UnitOfWork, tellings: Sequence[Telling], clock: Callable[[], datetime], *, dry_run: bool
) -> list[Outcome]:
    """One transaction for each service; one that cannot be taken stops no other."""
    added = set() if dry_run else {each.service for each in tellings if _is_added(begin, each, clock())}
    outcomes = [_settled(begin, each, clock(), dry_run=dry_run) for each in tellings]
    return [
        replace(outcome, added_as=told.kind) if outcome.service in added else outcome
        for told, outcome in zip(tellings, outcomes, strict=True)
    ]


def _is_added(begin: UnitOfWork, told: Telling, now: datetime) -> bool:
    """All that are missing come first: a practice that the first one follows must not seem adopted by everybody."""
    with suppress(RatchetError, IntegrityError), begin() as work:  # a refusal is met again, and told, with its facts
        return told.may_add and not _is_known(work, told.service) and _add(work, told, now)
    return False


def _settled(begin: UnitOfWork, told: Telling, now: datetime, *, dry_run: bool) -> Outcome:
    try:
        try:
            return _take(begin, told, now, dry_run=dry_run)
        except IntegrityError:  # another run added the same service at this moment: find it
            return _take(begin, told, now, dry_run=dry_run)
    except RatchetError as error:
        return Outcome(told.service, REFUSED, str(error))
    except DataError as error:
        return Outcome(told.service, REFUSED, f"the database cannot keep it: {str(error.orig).splitlines()[0]}")


def _take(begin: UnitOfWork, told: Telling, now: datetime, *, dry_run: bool) -> Outcome:
    outcome = Outcome(told.service, UNKNOWN)
    if told.at is not None and told.at > now:
        return Outcome(told.service, REFUSED, f"it was observed at {told.at:%Y-%m-%d %H:%M} UTC, which is yet to come")
    with suppress(_Undo), begin() as work:
        outcome = _tell(work, told, now)
        if dry_run:
            raise _Undo
    return outcome


def _tell(work: Work, told: Telling, now: datetime) -> Outcome:
    is_known = _is_known(work, told.service)
    if not is_known and not told.may_add:
        return Outcome(told.service, UNKNOWN)
    if not is_known:
        _add(work, told, now)
    known = _known(work, told.service)
    nothing = {*told.withdraws, *(key for key, value in told.facts.items() if value is None)}
    gone = sorted(key for key in nothing if known.get(key) is not None)
    facts = {key: value for key, value in told.facts.items() if value is not None}
    adoption.report_facts(
        work, told.service, {**facts, **dict.fromkeys(gone)}, source=told.source, by=RATCHET,
        now=now, at=told.at,
    )  # fmt: skip
    new, changed = _compared(facts, known)
    same = len(facts) - len(new) - len(changed)
    return Outcome(told.service, REPORTED, "", "" if is_known else told.kind, new, changed, gone, same)


def _is_known(work: Work, name: str) -> bool:
    return work.session.scalar(select(Service.id).where(Service.name == name)) is not None


def _add(work: Work, told: Telling, now: datetime) -> bool:
    words = "Added from Kubernetes manifests."
    service = catalog.ServiceTold(name=told.service, kind=told.kind, description=words)
    catalog.add_service(work, service, by=RATCHET, now=now)
    return True


def _known(work: Work, name: str) -> dict[str, Any]:
    rows = select(Fact.key, Fact.value).join(Service, Service.id == Fact.service_id).where(Service.name == name)
    return {row[0]: row[1] for row in work.session.execute(rows)}


def _compared(facts: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The keys that are new, and a few words on each value that is another one."""
    new = [key for key in facts if known.get(key) is None]
    changed = [
        f"{key}: {_shown(known[key])} → {_shown(value)}"
        for key, value in facts.items()
        if key not in new and _written(known[key]) != _written(value)
    ]
    return new, changed


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True)  # for Python, True is 1


def _shown(value: Any) -> str:
    return shorten(_written(value), VALUE_MAX)
