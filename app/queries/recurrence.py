"""Where the affected services stood on what was known when an incident of a pattern started: the one rule behind the
verdict of an incident, the minutes that could have been prevented, and the practices that are not enough."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, column, func, or_, select, values
from sqlalchemy.orm import Session

from app.domain import recurrence as rules
from app.domain.adoption import DOES_NOT_APPLY, UNKNOWN
from app.domain.lifecycle import PROPOSED
from app.domain.people import Actor
from app.models.adoption import PastStanding, Standing
from app.models.analysis import Analysis
from app.models.base import Id
from app.models.best_practice import Practice, incident_practice
from app.models.catalog import Service
from app.models.incident import Incident, incident_service
from app.models.resolution import Resolution
from app.queries.known import ACCEPTED_AT, RETIRED_AT, RULE, STARTED_AT, Rule, not_applying
from app.queries.standing_at import became
from app.queries.visibility import may_see_incident

PAIRS_MAX = 5_000  # asked for at once: databases take only so many values


@dataclass(frozen=True)
class Stood:
    """Where a service stood on a rule when it started. `since` is None where it had not been measured by then."""

    rule: Rule
    standing: str
    since: datetime | None


@dataclass(frozen=True)
class Affected:
    """An affected service, and every rule known against the pattern that applied to it. `also` are rules that this
    very incident has linked to the pattern: known then, but not as a lesson of it, so the verdict leaves them out."""

    id: int
    name: str
    title: str
    stood: list[Stood] = field(default_factory=list)
    also: list[Stood] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return rules.verdict(each.standing for each in self.stood)


@dataclass(frozen=True)
class Happened:
    """An incident of a pattern, its start, and what it cost (None: nobody knows)."""

    id: int
    pattern_id: int
    started_at: datetime
    declared_at: datetime
    customer_minutes: int | None
    services: list[Affected] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return rules.of_all(each.verdict for each in self.services)


def read(session: Session, by: Actor, which: ColumnElement[bool]) -> list[Happened]:
    """The incidents of a pattern that this person may know of, with the verdict of each affected service. A fixed
    number of queries, whatever the number of incidents is."""
    rows = session.execute(
        select(Incident.id, Analysis.pattern_id, STARTED_AT, Incident.declared_at, Resolution.customer_minutes)
        .join(Analysis, Analysis.incident_id == Incident.id)
        .outerjoin(Resolution, Resolution.incident_id == Incident.id)
        .where(which, Analysis.pattern_id.is_not(None), may_see_incident(by))
        .order_by(Incident.declared_at, Incident.id)
    )
    found = {row[0]: Happened(*row) for row in rows}
    if not found:
        return []
    known = _Known(session, by, {each.pattern_id for each in found.values()})
    for incident_id, service in _services(session, list(found)):
        found[incident_id].services.append(service)
    _place(session, [
        _Asked(service.id, service.stood if is_of_pattern else service.also, rule, each.started_at)
        for each in found.values() for service in each.services for rule, is_of_pattern in known.against(each)
    ])  # fmt: skip
    return list(found.values())


class _Known:
    """The practices of some patterns, and since when each was known. One that has been linked by an incident of the
    pattern was so since that incident: the incident itself, and those before it, did not have it."""

    def __init__(self, session: Session, by: Actor, pattern_ids: Collection[int]) -> None:
        linked: dict[tuple[int, int], datetime] = {
            (pattern_id, practice_id): first
            for pattern_id, practice_id, first in session.execute(
                select(Analysis.pattern_id, incident_practice.c.practice_id, func.min(Incident.declared_at))
                .join(Incident, Incident.id == Analysis.incident_id)
                .join(incident_practice, incident_practice.c.incident_id == Incident.id)
                .where(Analysis.pattern_id.in_(pattern_ids), may_see_incident(by))
                .group_by(Analysis.pattern_id, incident_practice.c.practice_id)
            )
            if pattern_id is not None
        }
        by_practice: dict[int, list[int]] = {}
        for pattern_id, practice_id in linked:
            by_practice.setdefault(practice_id, []).append(pattern_id)
        rows = session.execute(
            select(*RULE, ACCEPTED_AT, RETIRED_AT)
            .where(
                or_(Practice.pattern_id.in_(pattern_ids), Practice.id.in_(by_practice)),
                Practice.state != PROPOSED,
            )
            .order_by(Practice.number)
        )
        self.linked = linked
        self.rules: dict[int, list[tuple[Rule, datetime | None, datetime | None]]] = {}
        for row in rows:
            rule = Rule(*row[: len(RULE)])
            for each in {rule.pattern_id, *by_practice.get(rule.id, ())} - {None}:
                self.rules.setdefault(each, []).append((rule, row[-2], row[-1]))

    def against(self, what: Happened) -> Iterable[tuple[Rule, bool]]:
        """The rules that held when it started, and whether each was a lesson of the pattern by then."""
        for rule, accepted_at, retired_at in self.rules.get(what.pattern_id, ()):
            first = self.linked.get((what.pattern_id, rule.id))
            is_of_pattern = rule.pattern_id == what.pattern_id or (first is not None and first < what.declared_at)
            is_linked_now = first is not None and first <= what.declared_at
            if (is_of_pattern or is_linked_now) and rules.is_known(accepted_at, retired_at, what.started_at):
                yield rule, is_of_pattern


def _services(session: Session, incident_ids: Sequence[int]) -> list[tuple[int, Affected]]:
    rows = session.execute(
        select(incident_service.c.incident_id, Service.id, Service.name, Service.title)
        .join(Service, Service.id == incident_service.c.service_id)
        .where(incident_service.c.incident_id.in_(incident_ids))
        .order_by(incident_service.c.incident_id, Service.name)
    )
    return [(incident_id, Affected(*about)) for incident_id, *about in rows]


@dataclass(frozen=True)
class _Asked:
    """Where a service stood on a rule at an instant, and the list that the answer belongs to."""

    service_id: int
    into: list[Stood]
    rule: Rule
    at: datetime

    @property
    def pair(self) -> tuple[int, int]:
        return self.rule.id, self.service_id


def _place(session: Session, asked: Sequence[_Asked]) -> None:
    """Put every rule that applied to a service beside it, with where it stood at the instant."""
    cells = _cells(session, sorted({each.pair for each in asked}))
    stood = [(each, cells[each.pair].at(each.at) if each.pair in cells else None) for each in asked]
    out = not_applying(session, [(each.rule, each.service_id) for each, then in stood if then is None])
    for each, then in stood:
        standing, since = then or (UNKNOWN, None)
        if standing != DOES_NOT_APPLY and (then is not None or each.pair not in out):
            each.into.append(Stood(each.rule, standing, since))


@dataclass
class _Cell:
    """One cell of the matrix with its past."""

    current: Standing | None = None
    past: list[tuple[datetime, datetime, str]] = field(default_factory=list)

    def at(self, at: datetime) -> tuple[str, datetime | None] | None:
        if self.current is not None and self.current.since <= at:
            return became(self.current, at)
        return next(((standing, since) for since, until, standing in self.past if since <= at < until), None)


def _cells(session: Session, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], _Cell]:
    """Each pair is looked up in the primary key: joined, because SQLite reads the whole table for pairs in a list."""
    found: dict[tuple[int, int], _Cell] = {}
    for start in range(0, len(pairs), PAIRS_MAX):
        asked = values(column("practice_id", Id), column("service_id", Id), name="asked")
        some = asked.data(list(pairs[start : start + PAIRS_MAX])).cte("pair")

        def of(table: Any, pair: Any = some) -> Any:
            return and_(table.practice_id == pair.c.practice_id, table.service_id == pair.c.service_id)

        for row in session.scalars(select(Standing).join_from(some, Standing, of(Standing))):
            found.setdefault((row.practice_id, row.service_id), _Cell()).current = row
        past = select(
            PastStanding.practice_id, PastStanding.service_id, PastStanding.since, PastStanding.until,
            PastStanding.standing,
        ).join_from(some, PastStanding, of(PastStanding))  # fmt: skip
        for practice_id, service_id, since, until, standing in session.execute(past):
            found.setdefault((practice_id, service_id), _Cell()).past.append((since, until, standing))
    return found
