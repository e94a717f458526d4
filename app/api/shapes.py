"""What the API answers with: one model for each shape, so that openapi.json cannot say anything else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field


class Shape(BaseModel):
    """An answer."""


class Part(Shape):
    """One part of a list. `next`: the address of the part after it; null: this is the last one."""

    next: str | None


class Wrong(Shape):
    """One missing or wrong thing."""

    code: str
    sentence: str
    field: str | None


class Problem(Shape):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: Sequence[Wrong] = ()
    request_id: str = ""


# Facts and results


class Refused(Shape):
    """What was not taken, and why. `at` counts from 0, in the order of the body."""

    at: int
    service: str
    errors: Sequence[Wrong]


class Taken(Shape):
    """The services whose facts were taken, and those whose were not."""

    accepted: Sequence[str]
    refused: Sequence[Refused]


class Evidence(Shape):
    """What was kept as evidence."""

    service: str
    result: str
    message: str


class Results(Shape):
    """The results that were taken, and those that were not."""

    accepted: Sequence[Evidence]
    refused: Sequence[Refused]


class FactsTaken(Shape):
    service: str
    keys: Sequence[str]


# The catalogue


class Entity(Shape):
    """An entity of the file. `detail`: which fields are different, or what it was called before."""

    kind: str
    name: str
    detail: str


class OfEntity(Shape):
    """What is wrong with an entity of the file, or what was not used of it."""

    field: str
    reason: str
    line: int | None


class CatalogueTaken(Shape):
    """What became of the entities. `skipped` counts, by kind, what Ratchet has no use for."""

    is_dry_run: bool
    new: Sequence[Entity]
    changed: Sequence[Entity]
    renamed: Sequence[Entity]
    retired: Sequence[Entity]
    unchanged: int
    refused: Sequence[OfEntity]
    notes: Sequence[OfEntity]
    skipped: dict[str, int]


class Team(Shape):
    name: str
    title: str
    slack_channel: str
    services: int


class Teams(Part):
    items: Sequence[Team]


class Service(Shape):
    name: str
    title: str
    description: str
    team: str | None
    tier: int
    kind: str
    depends_on: Sequence[str]
    system: str
    type: str
    lifecycle: str
    tags: Sequence[str]
    is_retired: bool
    url: str


class Services(Part):
    items: Sequence[Service]


class On(Shape):
    """Where a service stands on one practice. `since` is null when it was never evaluated."""

    practice: str
    statement: str
    standing: str
    since: datetime | None
    message: str


class Fact(Shape):
    key: str
    value: Any
    source: str
    at: datetime


class ServiceWhole(Service):
    """A service with where it stands, and the latest facts that it reported."""

    standings: Sequence[On]
    facts: Sequence[Fact]


# Practices


class PracticeShort(Shape):
    ref: str
    number: int
    statement: str
    state: str
    url: str


class Adoption(Shape):
    """Null figures: no machine has measured it yet, or it applies to no service."""

    adopted: int | None
    applicable: int | None
    percent: int | None
    target_percent: int
    target_on: date | None


class Practice(PracticeShort):
    area: str
    level: str
    adoption: Adoption


class Practices(Part):
    items: Sequence[Practice]


class Check(Shape):
    id: int
    kind: str
    expression: str
    state: str
    freshness_days: int


class PracticeWhole(Practice):
    why: str
    selector: str
    combine: str
    checks: Sequence[Check]


class Standing(Shape):
    practice: str
    service: str
    team: str | None
    standing: str
    since: datetime | None = Field(description="Null when nobody had measured it yet.")
    message: str


class Standings(Part):
    """With `at` and `standing`, a part may hold fewer than asked for, and still there is a next one."""

    items: Sequence[Standing]


# Incidents


class Lesson(Shape):
    """What was known, and would have helped: a practice that an affected service has not adopted."""

    service: str
    practice: str
    statement: str
    standing: str
    learned_from: Sequence[str]
    words: str


class IncidentShort(Shape):
    ref: str
    number: int
    title: str
    severity: str | None
    stage: str
    state: str
    is_closed: bool
    is_private: bool
    services: Sequence[str]
    labels: Sequence[str]
    declared_at: datetime
    stage_entered_at: datetime
    updated_at: datetime
    url: str


class Incidents(Part):
    items: Sequence[IncidentShort]


class Declared(Shape):
    ref: str
    number: int
    url: str
    stage: str
    state: str
    lessons: Sequence[Lesson]


class IncidentWhole(IncidentShort):
    """`missing`: what the stage that it is at still needs."""

    description: str
    commander: str | None
    waits_for: str
    missing: Sequence[Wrong]
    practices: Sequence[PracticeShort]
    lessons: Sequence[Lesson]
