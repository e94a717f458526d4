"""Everything about one incident that its pages share: its head, its rail, what is missing, and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.errors import NotFound, Refusal
from app.domain.lifecycle import BLOCKED, BY_KEY, SEVERITIES, Policy, Stage, Tooth, due_at, rail
from app.domain.people import Actor
from app.models.analysis import Analysis
from app.models.catalog import Service
from app.models.history import Move
from app.models.incident import Incident, incident_reader
from app.models.person import Person
from app.models.review import Review
from app.queries import criteria, waiting
from app.queries.visibility import may_see_incident


def _beside(column: Any, condition: Any) -> Any:
    """One value beside an incident. PostgreSQL plans four of them in half the time that it takes for as many joins."""
    return select(column).where(condition).correlate(Incident).scalar_subquery()


_FACILITATOR_ID = _beside(Review.facilitator_id, Review.incident_id == Incident.id)
# Read by every page of an incident: made once.
_ONE = select(
    Incident,
    _beside(Person.name, Person.id == Incident.commander_id),
    _beside(Person.name, Person.id == Incident.declared_by_id),
    _beside(Person.name, Person.id == _FACILITATOR_ID),
    _beside(Analysis.pattern_id, Analysis.incident_id == Incident.id),
).options(selectinload(Incident.services).joinedload(Service.team))


@dataclass(frozen=True)
class Entry:
    """One Move as the history shows it. `who` is None for Ratchet itself."""

    verb: str
    from_stage: str | None
    from_state: str | None
    to_stage: str
    to_state: str
    why: str
    who: str | None
    at: datetime


@dataclass(frozen=True)
class IncidentPage:
    """`missing` is of the stage that is looked at; `waits_for` of the stage the incident is at; `pattern_id` what the
    analysis has named."""

    incident: Incident
    commander: str | None
    declared_by: str | None
    facilitator: str | None
    pattern_id: int | None
    stage: Stage
    rail: Sequence[Tooth]
    missing: Sequence[Refusal]
    waits_for: str
    due_at: datetime | None
    may_skip: bool

    @property
    def current(self) -> Stage:
        return BY_KEY[self.incident.stage]

    @property
    def tooth(self) -> Tooth:
        return self.rail[self.stage.number - 1]

    @property
    def is_current(self) -> bool:
        return self.stage.key == self.incident.stage and not self.incident.position.is_closed

    @property
    def is_blocked(self) -> bool:
        return self.incident.state == BLOCKED


@dataclass(frozen=True)
class _Row:
    id: int
    stage: str
    state: str
    commander: str | None
    facilitator: str | None


def find(session: Session, number: int, by: Actor) -> Incident:
    """The incident with its services. NotFound: there is none, or this person may not know of it."""
    incident: Incident = _read(session, number, by)[0]
    return incident


def _read(session: Session, number: int, by: Actor) -> Any:
    """The incident, the names of its people, and its pattern."""
    found = session.execute(_ONE.where(Incident.number == number, may_see_incident(by))).one_or_none()
    if found is None:
        raise NotFound(f"There is no INC-{number}, or you may not see it.")
    return found


def reader_ids(session: Session, incident_id: int) -> list[int]:
    """The people who were let into a private incident."""
    rows = select(incident_reader.c.person_id).where(incident_reader.c.incident_id == incident_id)
    return list(session.scalars(rows))


def load(
    session: Session, number: int, by: Actor, policy: Mapping[str, Policy], stage: str | None = None
) -> IncidentPage:
    """The page of one incident at one of its stages; by default the one it is at."""
    incident, commander, declared_by, facilitator, pattern_id = _read(session, number, by)
    at = BY_KEY.get(stage or incident.stage)
    if at is None:
        raise NotFound("There is no such stage.")
    steps = criteria.moves_of(session, incident.id)
    row = _Row(incident.id, incident.stage, incident.state, commander, facilitator)
    is_done = at.number < incident.position.number or incident.position.is_closed
    allowed = policy[incident.severity].skippable if incident.severity in SEVERITIES else frozenset()
    return IncidentPage(
        incident=incident,
        commander=commander,
        declared_by=declared_by,
        facilitator=facilitator,
        pattern_id=pattern_id,
        stage=at,
        rail=rail(incident.position, steps),
        missing=[] if is_done else criteria.missing(session, incident, at.key),
        waits_for=waiting.waits_for(session, [row]).get(incident.id, ""),
        due_at=None
        if incident.position.is_closed
        else due_at(incident.stage_entered_at, incident.stage, incident.severity, policy),
        may_skip=at.key in allowed,
    )


def history(session: Session, incident_id: int) -> list[Entry]:
    """Every Move of the incident, newest first."""
    rows = session.execute(
        select(
            Move.verb, Move.from_stage, Move.from_state, Move.to_stage, Move.to_state, Move.why, Person.name, Move.at
        )
        .outerjoin(Person, Person.id == Move.by_id)
        .where(Move.incident_id == incident_id)
        .order_by(Move.id.desc())
    )
    return [Entry(*row) for row in rows]
