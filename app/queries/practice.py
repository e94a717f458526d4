"""Practices for pages: the list with its filters, one practice with its people, origins and history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain import lifecycle
from app.domain.adoption import Progress, progress
from app.domain.errors import NotFound
from app.domain.people import ADMINISTRATOR, OWNER, Actor
from app.models.best_practice import Practice, incident_practice
from app.models.history import Move
from app.models.incident import Incident
from app.models.person import Person
from app.queries.criteria import standing_counts
from app.queries.incident_page import Entry
from app.queries.visibility import may_see_incident

PAGE = 50
OFFERED_MAX = 100  # practices to choose from at once; words find the others
EVALUATED = (lifecycle.AUTOMATED, lifecycle.ADOPTED, lifecycle.SLIPPED)
STATES = (
    lifecycle.PROPOSED, lifecycle.ACCEPTED, lifecycle.AUTOMATED, lifecycle.ADOPTED, lifecycle.SLIPPED,
    lifecycle.RETIRED,
)  # fmt: skip
LIVE, EVERYTHING = "live", "all"
_Author, _Accepter = aliased(Person), aliased(Person)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the reader chose. `state` is a state, or live (not retired), or all."""

    state: str = LIVE
    area: str = ""
    words: str = ""


@dataclass(frozen=True)
class Row:
    """A practice in a list. `progress` is None when no machine has measured it yet."""

    practice: Practice
    author: str | None
    accepter: str | None
    progress: Progress | None
    incidents: int

    def is_late(self, today: date) -> bool:
        of = self.practice
        return of.target_on is not None and of.target_on < today and of.state not in ("adopted", "retired")

    def is_review_overdue(self, today: date) -> bool:
        on = self.practice.review_on
        return on is not None and on < today and self.practice.state != lifecycle.RETIRED


def page(session: Session, by: Actor, filters: Filters, number: int) -> tuple[list[Row], int]:
    """One page of practices, newest first, and how many there are in all. Four queries."""
    conditions = _conditions(filters)
    total = session.scalar(select(func.count()).select_from(Practice).where(*conditions)) or 0
    found = session.execute(
        _people().where(*conditions).order_by(Practice.number.desc()).limit(PAGE).offset((number - 1) * PAGE)
    ).all()
    return _dress(session, by, found), total


def linked(session: Session, by: Actor, incident_id: int) -> list[Row]:
    """The practices of one incident."""
    found = session.execute(
        _people()
        .join(incident_practice, incident_practice.c.practice_id == Practice.id)
        .where(incident_practice.c.incident_id == incident_id)
        .order_by(Practice.number)
    ).all()
    return _dress(session, by, found)


def find(session: Session, by: Actor, number: int) -> Row:
    """One practice. NotFound: there is none of this number."""
    found = session.execute(_people().where(Practice.number == number)).all()
    if not found:
        raise NotFound(f"There is no BP-{number}.")
    return _dress(session, by, found)[0]


def offered(session: Session, words: str, pattern_id: int | None, keep: Collection[int]) -> list[Practice]:
    """Practices to link: those to keep, then those of the same pattern, then the newest."""
    conditions = _conditions(Filters(words=words))
    is_near = Practice.pattern_id == pattern_id if pattern_id is not None else Practice.id.in_([])
    near = session.scalars(
        select(Practice).where(*conditions).order_by(is_near.desc(), Practice.number.desc()).limit(OFFERED_MAX)
    ).all()
    kept = session.scalars(select(Practice).where(Practice.id.in_(keep)).order_by(Practice.number)).all()
    return [*kept, *(each for each in near if each not in kept)]


def linked_ids(session: Session, incident_number: int) -> set[int]:
    """The practices that an incident is linked to now."""
    rows = (
        select(incident_practice.c.practice_id)
        .join(Incident, Incident.id == incident_practice.c.incident_id)
        .where(Incident.number == incident_number)
    )
    return set(session.scalars(rows))


def history(session: Session, practice_id: int) -> list[Entry]:
    """Every Move of the practice, newest first."""
    rows = session.execute(
        select(
            Move.verb, Move.from_stage, Move.from_state, Move.to_stage, Move.to_state, Move.why, Person.name, Move.at
        )
        .outerjoin(Person, Person.id == Move.by_id)
        .where(Move.practice_id == practice_id)
        .order_by(Move.id.desc())
    )
    return [Entry(*row) for row in rows]


def who_may_accept(session: Session, author_id: int | None) -> list[str]:
    """The people who may accept a practice: owners and administrators other than its author."""
    rows = select(Person.name).where(Person.is_active, Person.role.in_((OWNER, ADMINISTRATOR))).order_by(Person.name)
    return list(session.scalars(rows.where(Person.id != author_id) if author_id is not None else rows))


def _people() -> Any:
    """A select of a practice with the names of its author and of who accepted it."""
    return (
        select(Practice, _Author.name, _Accepter.name)
        .outerjoin(_Author, _Author.id == Practice.author_id)
        .outerjoin(_Accepter, _Accepter.id == Practice.accepted_by_id)
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state in STATES:
        found.append(Practice.state == filters.state)
    elif filters.state != EVERYTHING:
        found.append(Practice.state != lifecycle.RETIRED)
    if filters.area:
        found.append(Practice.area == filters.area)
    if words := filters.words.strip():
        number = words.upper().removeprefix("BP-")
        says = and_(*(Practice.statement.icontains(word, autoescape=True) for word in words.split()[:8]))
        is_number = number.isdecimal() and len(number) <= 9
        found.append(or_(says, Practice.number == int(number)) if is_number else says)
    return found


def _dress(session: Session, by: Actor, found: Sequence[Any]) -> list[Row]:
    ids = [practice.id for practice, *_ in found]
    measured = [practice.id for practice, *_ in found if practice.state in EVALUATED]
    counts = standing_counts(session, measured)
    incidents: dict[int, int] = dict(
        session.execute(
            select(incident_practice.c.practice_id, func.count())
            .join(Incident, Incident.id == incident_practice.c.incident_id)
            .where(incident_practice.c.practice_id.in_(ids), may_see_incident(by))
            .group_by(incident_practice.c.practice_id)
        ).all()
    )
    return [
        Row(
            practice, author, accepter,
            progress(practice.name, counts.get(practice.id, ()), practice.target_percent)
            if practice.id in measured else None,
            incidents.get(practice.id, 0),
        )
        for practice, author, accepter in found
    ]  # fmt: skip
