"""What is found by words: incidents, practices and action items, only those that the asker may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain import adoption, remediation
from app.domain.adoption import Progress, progress
from app.domain.people import Actor
from app.models.adoption import Standing
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.incident import Incident, incident_service
from app.models.person import Person
from app.models.remediation import ActionItem
from app.queries import board
from app.queries.criteria import standing_counts
from app.queries.labelled import SERVICE, TEAM, Labelled
from app.queries.practice import EVALUATED
from app.queries.visibility import may_see_incident

WORDS_MAX = 8


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for. A team or a service: what affects it, and the practices that apply to it."""

    words: str = ""
    severity: str = ""
    label: Labelled | None = None

    @property
    def is_about_incidents(self) -> bool:
        """Practices have no severity: whoever names one does not look for them."""
        return bool(self.severity)


@dataclass(frozen=True)
class PracticeHit:
    """`progress` is None while no machine measures it."""

    number: int
    statement: str
    state: str
    progress: Progress | None


@dataclass(frozen=True)
class ItemHit:
    number: int
    title: str
    state: str
    due_on: date
    owner: str
    incident: int


@dataclass(frozen=True)
class Sought:
    """The first of each; and of practices and items how many there are. `has_more_incidents`: not all are told."""

    incidents: Sequence[board.Row]
    has_more_incidents: bool
    practices: Sequence[PracticeHit]
    practices_total: int
    items: Sequence[ItemHit]
    items_total: int

    @property
    def is_empty(self) -> bool:
        return not (self.incidents or self.practices or self.items)


def read(session: Session, by: Actor, wanted: Wanted, most: int) -> Sought:
    """At most so many of each kind, the newest first. A fixed number of queries."""
    of = wanted.label
    filters = board.Filters(
        stage=board.EVERYTHING, severity=wanted.severity, words=wanted.words,
        team=of.name if of and of.kind == TEAM else "", service=of.name if of and of.kind == SERVICE else "",
    )  # fmt: skip
    incidents = board.page(session, by, filters).rows
    practices, practices_total = ([], 0) if wanted.is_about_incidents else _practices(session, wanted, most)
    items, items_total = _items(session, by, wanted, most)
    return Sought(incidents[:most], len(incidents) > most, practices, practices_total, items, items_total)


def _practices(session: Session, wanted: Wanted, most: int) -> tuple[list[PracticeHit], int]:
    of: list[ColumnElement[bool]] = []
    if wanted.words:
        of.append(_says(Practice.statement, Practice.number, "BP-", wanted.words))
    if wanted.label:
        of.append(_applies(wanted.label))
    rows = select(
        Practice.id, Practice.number, Practice.statement, Practice.state, Practice.target_percent, func.count().over()
    )
    found = session.execute(rows.where(*of).order_by(Practice.number.desc()).limit(most)).all()
    counts = standing_counts(session, [each.id for each in found])
    hits = [
        PracticeHit(number, statement, state,
                    progress(f"BP-{number}", counts.get(key, ()), target) if state in EVALUATED else None)
        for key, number, statement, state, target, _ in found
    ]  # fmt: skip
    return hits, found[0][-1] if found else 0


def _items(session: Session, by: Actor, wanted: Wanted, most: int) -> tuple[list[ItemHit], int]:
    of: list[ColumnElement[bool]] = [may_see_incident(by)]
    if wanted.words:
        of.append(_says(ActionItem.title, ActionItem.number, "ACT-", wanted.words))
    if wanted.severity:
        of.append(Incident.severity == wanted.severity)
    if wanted.label:
        of.append(_affects(wanted.label))
    rows = (
        select(
            ActionItem.number, ActionItem.title, ActionItem.state, ActionItem.due_on, Person.name, Incident.number,
            func.count().over(),
        )
        .select_from(ActionItem)
        .join(Incident, Incident.id == ActionItem.incident_id)
        .join(Person, Person.id == ActionItem.owner_id)
        .where(*of)
        .order_by(case((ActionItem.state == remediation.OPEN, 0), else_=1), ActionItem.number.desc())
        .limit(most)
    )  # fmt: skip
    found = session.execute(rows).all()
    return [ItemHit(*row[:-1]) for row in found], found[0][-1] if found else 0


def _says(text: Any, of_number: Any, prefix: str, words: str) -> ColumnElement[bool]:
    number = words.upper().removeprefix(prefix)
    says = and_(*(text.icontains(word, autoescape=True) for word in words.split()[:WORDS_MAX]))
    # As many digits as a number can have: a longer one would not fit the database's integers.
    return or_(says, of_number == int(number)) if number.isdecimal() and len(number) <= 9 else says


def _of_label(label: Labelled) -> ColumnElement[bool]:
    return Service.id == label.id if label.kind == SERVICE else Service.team_id == label.id


def _affects(label: Labelled) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            incident_service.c.incident_id == Incident.id, Service.id == incident_service.c.service_id,
            _of_label(label),
        )
        .correlate(Incident)
    )  # fmt: skip


def _applies(label: Labelled) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Standing.practice_id == Practice.id, Standing.service_id == Service.id,
            Standing.standing != adoption.DOES_NOT_APPLY, _of_label(label),
        )
        .correlate(Practice)
    )  # fmt: skip
