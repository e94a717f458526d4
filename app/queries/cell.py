"""One cell of the matrix with everything behind it: where it stands and stood, and the latest word of every check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.automation import ACTIVE_CHECK, FACTS
from app.domain.errors import NotFound
from app.models.adoption import PastStanding, Standing, Tally
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.person import Person, Team
from app.queries import evidence
from app.queries.absent import absent
from app.queries.verdicts import judge_facts, subjects

PAGE = 20


@dataclass(frozen=True)
class Last:
    """The latest word of a check: seen at `at`. `by` is a person's name."""

    result: str
    message: str
    at: datetime
    by: str | None = None
    source: str = ""
    link: str = ""


@dataclass(frozen=True)
class Seen:
    """One check of a cell, with its latest word if there is any."""

    check: Check
    last: Last | None

    @property
    def fresh_until(self) -> datetime | None:
        return self.last.at + timedelta(days=self.check.freshness_days) if self.last else None

    def is_stale(self, now: datetime) -> bool:
        return self.fresh_until is not None and self.fresh_until < now


@dataclass(frozen=True)
class Span:
    """Where it stood from `since` until `until`; None: it stands so now."""

    standing: str
    since: datetime
    until: datetime | None
    message: str


@dataclass(frozen=True)
class Cell:
    practice: Practice
    service: Service
    team: Team | None
    standing: Standing | None
    absent: str  # where it stands if there is no standing
    checks: Sequence[Seen]


def find(session: Session, service_name: str, number: int) -> Cell:
    """Everything behind one cell; as many queries for ten checks as for one. NotFound: no such service or practice."""
    row = session.execute(
        select(Service, Practice, Team, Standing, Tally.practice_id)
        .select_from(Service)
        .join(Practice, Practice.number == number)
        .outerjoin(Team, Team.id == Service.team_id)
        .outerjoin(Standing, (Standing.practice_id == Practice.id) & (Standing.service_id == Service.id))
        .outerjoin(Tally, Tally.practice_id == Practice.id)
        .where(Service.name == service_name)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such service or practice.")
    service, practice, team, standing, tally = row
    checks = session.scalars(
        select(Check).where(Check.practice_id == practice.id).order_by(Check.state != ACTIVE_CHECK, Check.id)
    ).all()
    said = {**_told(session, checks, service), **_computed(session, checks, service)}
    return Cell(practice, service, team, standing, absent(tally), [Seen(each, said.get(each.id)) for each in checks])


def history(session: Session, of: Cell, page: int) -> tuple[list[Span], int]:
    """One page of where it stands and stood, newest first, and how many spans there are. Two queries."""
    where = (PastStanding.practice_id == of.practice.id, PastStanding.service_id == of.service.id)
    now = [Span(of.standing.standing, of.standing.since, None, of.standing.message)] if of.standing else []
    total = session.scalar(select(func.count()).select_from(PastStanding).where(*where)) or 0
    first = (page - 1) * PAGE
    rows = session.execute(
        select(PastStanding.standing, PastStanding.since, PastStanding.until, PastStanding.message)
        .where(*where)
        .order_by(PastStanding.until.desc())
        .limit(PAGE - (len(now) if page == 1 else 0))
        .offset(max(first - len(now), 0))
    )
    return [*(now if page == 1 else []), *(Span(*row) for row in rows)], total + len(now)


def _told(session: Session, checks: Sequence[Check], service: Service) -> dict[int, Last]:
    """What was reported or attested, by check."""
    asked = [each.id for each in checks if each.kind != FACTS]
    seen = evidence.latest(session, asked, [service.id])
    rows = session.execute(
        select(Person.id, Person.name).where(Person.id.in_({each.by_id for each in seen.values() if each.by_id}))
    )
    names: dict[int, str] = dict(rows.all())
    return {check_id: _last(each, names) for (check_id, _), each in seen.items()}


def _last(row: Evidence, names: dict[int, str]) -> Last:
    return Last(row.result, row.message, row.at, names.get(row.by_id or 0), row.source, row.link)


def _computed(session: Session, checks: Sequence[Check], service: Service) -> dict[int, Last]:
    """What active checks of facts say about the facts of now: they are their own evidence."""
    active = [each for each in checks if each.kind == FACTS and each.state == ACTIVE_CHECK]
    found = subjects(session, [service.id]) if active else []
    told = {check.id: judge_facts(check.expression, subject) for check in active for subject in found}
    now = found[0].reported_at if found else None
    return {key: Last(result, words, at or now) for key, (result, words, at) in told.items() if now and (at or now)}
