"""What was known at an instant: the practices that held then, and the incidents that they were learned from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from app.domain.lifecycle import ACCEPTED, ADOPTED, AUTOMATED, PROPOSED, RETIRED, SLIPPED
from app.domain.people import VIEWER, Actor
from app.models.analysis import Analysis
from app.models.best_practice import Practice, incident_practice
from app.models.history import Move
from app.models.incident import Incident, incident_service
from app.models.resolution import Resolution
from app.queries.verdicts import applies, subjects
from app.queries.visibility import may_see_incident

PUBLIC = Actor(None, "everybody", VIEWER)  # whoever reads a channel: knows of no private incident
EVERY_SERVICE = "true"
ORIGINS_MAX = 20  # of each practice, the newest that the reader may see
READ_MAX = 25  # are looked for among so many: some are private
_LIVE = (ACCEPTED, AUTOMATED, ADOPTED, SLIPPED)
_Accepted = aliased(Move)
ACCEPTED_AT: Any = (
    select(_Accepted.at)
    .where(_Accepted.practice_id == Practice.id, _Accepted.to_state.in_(_LIVE))
    .order_by(_Accepted.id)
    .limit(1)
    .correlate(Practice)
    .scalar_subquery()
)
RETIRED_AT: Any = case((Practice.state == RETIRED, Practice.state_since))
# Of an incident with its resolution, if it has one; the rule is domain/recurrence.started.
STARTED_AT: Any = func.coalesce(Resolution.started_at, Resolution.detected_at, Incident.declared_at)


@dataclass(frozen=True)
class Rule:
    """A practice as far as recurrence needs it."""

    id: int
    number: int
    statement: str
    level: str
    selector: str
    pattern_id: int | None

    @property
    def name(self) -> str:
        return f"BP-{self.number}"


RULE = (Practice.id, Practice.number, Practice.statement, Practice.level, Practice.selector, Practice.pattern_id)


@dataclass(frozen=True)
class Origin:
    """An incident that a practice was learned from."""

    number: int
    title: str
    customer_minutes: int | None
    is_same_service: bool


def was_known(at: Any) -> ColumnElement[bool]:
    """True for practices that held at an instant, which may be a column; the same rule as `domain/recurrence`."""
    return and_(
        Practice.state != PROPOSED, at >= ACCEPTED_AT, or_(Practice.state != RETIRED, Practice.state_since > at)
    )


@dataclass(frozen=True)
class Learned:
    """The newest incidents before this one that are linked to a practice or of its pattern: they say whether it fits.
    `taught`: the numbers of those that it was learned from, the linked ones; where none of them may be known, those of
    its pattern. `count`: how many there are; until they are counted (`is_all` is false) there may be more."""

    newest: list[Origin] = field(default_factory=list)
    taught: list[int] = field(default_factory=list)
    is_linked: bool = False
    count: int = 0
    is_all: bool = True


def origins(
    session: Session, by: Actor, practice_ids: Collection[int], *, before: Incident, service_ids: Collection[int] = ()
) -> dict[int, Learned]:
    """For each practice the newest incidents before this one that are linked to it or of its pattern, as far as this
    person may know of them. Two queries, however many there are: only the newest are read."""
    asked = {
        practice_id: (_ids(linked), _ids(of_pattern))
        for practice_id, linked, of_pattern in session.execute(_NEWEST.where(Practice.id.in_(practice_ids)))
    }
    wanted = {each for linked, of_pattern in asked.values() for each in (*linked, *of_pattern)}
    is_same = (
        select(incident_service.c.incident_id)
        .where(incident_service.c.incident_id == Incident.id, incident_service.c.service_id.in_(service_ids))
        .exists()
    )
    rows = session.execute(
        select(Incident.id, Incident.number, Incident.title, Resolution.customer_minutes, is_same)
        .outerjoin(Resolution, Resolution.incident_id == Incident.id)
        .where(Incident.id.in_(wanted), *_earlier(by, before))
        .order_by(Incident.declared_at.desc(), Incident.id.desc())
    )
    seen: dict[int, Origin] = {row[0]: Origin(*row[1:]) for row in rows}
    place = {incident_id: at for at, incident_id in enumerate(seen)}
    found = {}
    for practice_id, (linked, of_pattern) in asked.items():
        ids = sorted(place.keys() & {*linked, *of_pattern}, key=place.__getitem__)
        taught = [seen[each].number for each in ids if each in linked]
        if ids:
            is_linked = bool(taught)
            taught = taught or [seen[each].number for each in ids]
            is_all = len(linked if is_linked else of_pattern) < READ_MAX
            newest = [seen[each] for each in ids[:ORIGINS_MAX]]
            found[practice_id] = Learned(newest, taught, is_linked, len(taught), is_all)
    return found


def counted(
    session: Session, by: Actor, learned: Mapping[int, Learned], only: Collection[int], *, before: Incident
) -> dict[int, Learned]:
    """The same, with the real count of those that are shown. One query, or none where all were read."""
    ids = [each for each in only if each in learned and not learned[each].is_all]
    if not ids:
        return dict(learned)
    linked = select(incident_practice.c.practice_id, incident_practice.c.incident_id).where(
        incident_practice.c.practice_id.in_([each for each in ids if learned[each].is_linked])
    )
    of_pattern = (
        select(Practice.id, Analysis.incident_id)
        .join(Analysis, Analysis.pattern_id == Practice.pattern_id)
        .where(Practice.id.in_([each for each in ids if not learned[each].is_linked]))
    )
    pairs = union(linked, of_pattern).subquery()
    rows = session.execute(
        select(pairs.c.practice_id, func.count())
        .join(Incident, Incident.id == pairs.c.incident_id)
        .where(*_earlier(by, before))
        .group_by(pairs.c.practice_id)
    )
    counts: dict[int, int] = dict(rows.all())
    return {key: replace(each, count=counts.get(key, each.count), is_all=True) for key, each in learned.items()}


def _earlier(by: Actor, before: Incident) -> tuple[ColumnElement[bool], ...]:
    return may_see_incident(by), Incident.id != before.id, Incident.declared_at <= before.declared_at


def _newest_of(incident_id: Any, is_of: Any) -> Any:
    """The newest ids of one practice, as text: the one way to limit for each row that both databases know."""
    newest = select(incident_id.label("id")).where(is_of).correlate(Practice).order_by(incident_id.desc())
    some = newest.limit(READ_MAX).subquery()
    return select(func.aggregate_strings(cast(some.c.id, String), ",")).correlate(Practice).scalar_subquery()


def _ids(text: str | None) -> list[int]:
    return [int(each) for each in text.split(",")] if text else []


_NEWEST: Any = select(
    Practice.id,
    _newest_of(incident_practice.c.incident_id, incident_practice.c.practice_id == Practice.id),
    _newest_of(Analysis.incident_id, Analysis.pattern_id == Practice.pattern_id),
)


def not_applying(session: Session, pairs: Collection[tuple[Rule, int]]) -> set[tuple[int, int]]:
    """Of rules and services that had not met yet: where the rule does not apply, as far as can be told today. No query
    where every rule is for every service."""
    asked = [(rule, service_id) for rule, service_id in pairs if rule.selector != EVERY_SERVICE]
    if not asked:
        return set()
    known = {each.id: each for each in subjects(session, sorted({service_id for _, service_id in asked}))}
    return {
        (rule.id, service_id) for rule, service_id in asked
        if service_id in known and applies(rule.selector, known[service_id]) is False
    }  # fmt: skip
