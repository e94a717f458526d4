"""Where services stand on practices: the services of one practice, and the evidence behind one cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.domain import adoption as rules
from app.domain.automation import ACTIVE_CHECK, FACTS
from app.domain.errors import NotFound
from app.models.adoption import Exemption, Standing
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Person, Team
from app.queries import evidence
from app.queries.verdicts import Subject, judge_facts, subjects

PAGE = 50
NAMED_MAX = 20  # services of one practice that an incident's page names
# What asks for somebody's work comes first.
_ORDER = (rules.NOT_ADOPTED, rules.UNKNOWN, rules.EXEMPT, rules.ADOPTED, rules.DOES_NOT_APPLY)
FIRST_TO_DO: Any = case(*((Standing.standing == name, at) for at, name in enumerate(_ORDER)), else_=9)


@dataclass(frozen=True)
class Stands:
    """One service on one practice."""

    service: str
    tier: int
    team: str | None
    standing: str
    since: datetime
    message: str
    exempt_until: date | None


@dataclass(frozen=True)
class Seen:
    """One check of a cell, with its latest evidence if there is any."""

    check: Check
    last: Evidence | None
    by: str | None

    @property
    def fresh_until(self) -> datetime | None:
        return self.last.at + timedelta(days=self.check.freshness_days) if self.last else None

    def is_stale(self, now: datetime) -> bool:
        return self.fresh_until is not None and self.fresh_until < now


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix with everything behind it."""

    practice: Practice
    service: Service
    team: str | None
    standing: Standing | None
    checks: Sequence[Seen]
    exemption: Exemption | None
    granted_by: str | None


def of_practice(session: Session, practice_id: int, page: int, today: date) -> tuple[list[Stands], int]:
    """The services in use on one practice: not adopted first, then by tier; and how many there are. Two queries."""
    rows = (
        select(func.count())
        .select_from(Standing)
        .join(Service, Service.id == Standing.service_id)
        .where(*_in_use(practice_id))
    )
    total = session.scalar(rows) or 0
    found = session.execute(
        _stands(today)
        .where(*_in_use(practice_id))
        .order_by(FIRST_TO_DO, Service.tier, Service.name)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Stands(*row) for row in found], total


def to_adopt(session: Session, practice_ids: Sequence[int], today: date) -> dict[int, tuple[list[Stands], int]]:
    """For each practice, the most important services that have not adopted it, and how many there are. One query."""
    inner = (
        _stands(today)
        .add_columns(
            Standing.practice_id,
            func.count().over(partition_by=Standing.practice_id).label("total"),
            func.row_number()
            .over(partition_by=Standing.practice_id, order_by=(FIRST_TO_DO, Service.tier, Service.name))
            .label("place"),
        )
        .where(
            Standing.practice_id.in_(practice_ids), Standing.standing.in_((rules.NOT_ADOPTED, rules.UNKNOWN)),
            ~Service.is_retired,
        )
        .subquery()
    )  # fmt: skip
    found: dict[int, tuple[list[Stands], int]] = {each: ([], 0) for each in practice_ids}
    rows = select(inner).where(inner.c.place <= NAMED_MAX).order_by(inner.c.practice_id, inner.c.place)
    for *about, practice_id, total, _place in session.execute(rows):
        found[practice_id] = ([*found[practice_id][0], Stands(*about)], total)
    return found


def cell(session: Session, service_name: str, number: int) -> Cell:
    """Everything behind one cell; nine queries. NotFound: there is no such service or practice."""
    row = session.execute(
        select(Service, Practice, Team.title)
        .select_from(Service)
        .join(Practice, Practice.number == number)
        .outerjoin(Team, Team.id == Service.team_id)
        .where(Service.name == service_name)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such service or practice.")
    service, practice, team = row
    checks = session.scalars(
        select(Check).where(Check.practice_id == practice.id).order_by(Check.state != ACTIVE_CHECK, Check.id)
    ).all()
    seen = evidence.latest(session, [each.id for each in checks], [service.id])
    subject = next(iter(subjects(session, [service.id])), None)
    exemption = session.scalar(
        select(Exemption).where(
            Exemption.practice_id == practice.id, Exemption.service_id == service.id, Exemption.state == "granted"
        )
    )
    names = _names(session, [each.by_id for each in seen.values()] + [exemption.decided_by_id if exemption else None])
    return Cell(
        practice, service, team,
        session.scalar(
            select(Standing).where(Standing.practice_id == practice.id, Standing.service_id == service.id)
        ),
        [_seen(each, seen.get((each.id, service.id)) or _by_facts(each, subject), names) for each in checks],
        exemption, names.get(exemption.decided_by_id or 0) if exemption else None,
    )  # fmt: skip


def _by_facts(check: Check, on: Subject | None) -> Evidence | None:
    """What the facts of this moment say: they are the evidence of a check that counts."""
    if check.kind != FACTS or check.state != ACTIVE_CHECK or on is None:
        return None
    result, message, at = judge_facts(check.expression, on)
    return Evidence(result=result, message=message, at=at) if at else None


def _seen(check: Check, last: Evidence | None, names: dict[int, str]) -> Seen:
    return Seen(check, last, names.get(last.by_id) if last is not None and last.by_id is not None else None)


def _names(session: Session, ids: Sequence[int | None]) -> dict[int, str]:
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_([each for each in ids if each])))
    return dict(rows.all())


def _in_use(practice_id: int) -> tuple[ColumnElement[bool], ...]:
    return Standing.practice_id == practice_id, ~Service.is_retired


def _stands(today: date) -> Any:
    """A select of the fields of Stands."""
    return (
        select(
            Service.name, Service.tier, Team.title, Standing.standing, Standing.since, Standing.message,
            Exemption.expires_on,
        )
        .select_from(Standing)
        .join(Service, Service.id == Standing.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .outerjoin(
            Exemption,
            (Exemption.practice_id == Standing.practice_id)
            & (Exemption.service_id == Standing.service_id)
            & (Exemption.state == "granted")
            & (Exemption.expires_on >= today),
        )
    )  # fmt: skip
