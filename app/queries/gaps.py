"""Gaps: practices that a service has not adopted, or of which it is not known, with what stands behind them and what to
do next. What matters most comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.domain import impact as rules
from app.domain.adoption import UNKNOWN, Observed
from app.domain.automation import ACTIVE_CHECK, FACTS, PASS
from app.domain.gap import GAPS, Act, next_acts
from app.domain.impact import Impact
from app.domain.people import Actor
from app.models.adoption import Standing, Tally
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.queries import evidence, impact
from app.queries.absent import absent
from app.queries.impact import Behind
from app.queries.practice import EVALUATED

TEAM_PAGE = 20
SERVICE_MAX = 10  # gaps of a service that are told at length; the list of its practices has all


@dataclass(frozen=True)
class Gap:
    """One cell that asks for somebody's work. `since` is None when it was never evaluated."""

    practice_id: int
    number: int
    statement: str
    level: str
    starter_key: str | None
    service_id: int
    service: str
    tier: int
    standing: str
    since: datetime | None
    message: str
    impact: Impact
    behind: Sequence[Behind] = field(default_factory=list)
    acts: Sequence[Act] = field(default_factory=list)
    elsewhere: Behind | None = None  # what it was learned from, if no incident stands behind it here

    @property
    def order(self) -> Any:
        return rules.order(self.impact, tier=self.tier, level=self.level, name=f"{self.number:09}")

    @property
    def more(self) -> int:
        """Incidents behind it that are not named."""
        return self.impact.incidents - len(self.behind)


def of_service(session: Session, by: Actor, service: Service, now: datetime) -> tuple[list[Gap], int]:
    """The most important gaps of a service, and how many it has. Six queries."""
    rows = session.execute(
        _cells()
        .select_from(Practice)
        .join(Service, Service.id == service.id)
        .outerjoin(Standing, _both())
        .outerjoin(Tally, Tally.practice_id == Practice.id)
        .where(*_is_gap())
    ).all()
    impacts = impact.of_services(session, by, [service.id])
    found = sorted(
        (_gap(row, impacts.get((row[0], service.id), rules.NONE)) for row in rows), key=lambda each: each.order
    )
    return _dress(session, by, found[:SERVICE_MAX], now), len(found)


@dataclass(frozen=True)
class OfTeam:
    """The cells of a team's services by standing, and one page of its gaps, what matters most first."""

    counts: Mapping[str, int]
    gaps: Sequence[Gap]

    @property
    def total(self) -> int:
        return sum(self.counts.get(each, 0) for each in GAPS)


def of_team(session: Session, by: Actor, team_id: int, page: int, now: datetime) -> OfTeam:
    """Across its services, each cell looked up once and by its key. Nine queries."""
    services = {
        row.id: row
        for row in session.execute(
            select(Service.id, Service.name, Service.tier).where(Service.team_id == team_id, ~Service.is_retired)
        )
    }
    practices = {
        row.id: row
        for row in session.execute(
            select(Practice.id, Practice.number, Practice.level, Tally.practice_id)
            .outerjoin(Tally, Tally.practice_id == Practice.id)
            .where(Practice.state.in_(EVALUATED))
        )
    }
    stood = {(practice.id, service): absent(practice[3]) for practice in practices.values() for service in services}
    stood.update(((row[0], row[1]), row[2]) for row in _stood(session, practices, services))
    impacts = impact.of_services(session, by, list(services)) if services else {}

    def place(pair: tuple[int, int]) -> Any:
        practice, service = practices[pair[0]], services[pair[1]]
        name = f"{practice.number:09} {service.name}"
        return rules.order(impacts.get(pair, rules.NONE), tier=service.tier, level=practice.level, name=name)

    missing = sorted((each for each, standing in stood.items() if standing in GAPS), key=place)
    shown = missing[(page - 1) * TEAM_PAGE : page * TEAM_PAGE]
    return OfTeam(Counter(stood.values()), _dress(session, by, _told(session, shown, impacts), now))


def _stood(session: Session, practices: Collection[int], services: Collection[int]) -> Any:
    """Asked of the table itself, and not for objects: a large team has tens of thousands of cells."""
    of: Any = Standing.__table__.c
    return session.connection().execute(
        select(of.practice_id, of.service_id, of.standing).where(
            of.practice_id.in_(practices), of.service_id.in_(services)
        )
    )


def _told(session: Session, pairs: Sequence[tuple[int, int]], impacts: Mapping[tuple[int, int], Impact]) -> list[Gap]:
    """The rest of what is told of some cells, in their order."""
    if not pairs:
        return []
    rows = session.execute(
        _cells()
        .select_from(Practice)
        .join(Service, Service.id.in_({each[1] for each in pairs}))
        .outerjoin(Standing, _both())
        .where(Practice.id.in_({each[0] for each in pairs}))
    )
    found = {(row[0], row[5]): row for row in rows}
    return [_gap(found[each], impacts.get(each, rules.NONE)) for each in pairs]


def _cells() -> Any:
    return select(
        Practice.id, Practice.number, Practice.statement, Practice.level, Practice.starter_key, Service.id,
        Service.name, Service.tier, Standing.standing, Standing.since, Standing.message,
    )  # fmt: skip


def _both() -> Any:
    return and_(Standing.practice_id == Practice.id, Standing.service_id == Service.id)


def _is_gap() -> tuple[Any, ...]:
    return Practice.state.in_(EVALUATED), or_(
        and_(Standing.standing.is_(None), Tally.practice_id.is_(None)), Standing.standing.in_(GAPS)
    )


def _gap(row: Any, of: Impact) -> Gap:
    standing, since, message = row[-3:]
    return Gap(*[*row[:-3], standing or UNKNOWN, since, message or "", of])


def _dress(session: Session, by: Actor, found: Sequence[Gap], now: datetime) -> list[Gap]:
    """With the incidents behind each, and what to do next. Four queries."""
    behind = impact.named(session, by, [(each.practice_id, each.service_id) for each in found])
    learned = impact.learned_from(session, by, {each.practice_id for each in found if not each.impact.incidents})
    checks: dict[int, list[Check]] = {}
    rows = select(Check).where(Check.practice_id.in_({each.practice_id for each in found}), Check.state == ACTIVE_CHECK)
    for check in session.scalars(rows.order_by(Check.id)):
        checks.setdefault(check.practice_id, []).append(check)
    asked = [each.id for some in checks.values() for each in some if each.kind != FACTS]
    seen = evidence.latest(session, asked, sorted({each.service_id for each in found}))
    return [
        replace(
            each, behind=behind.get((each.practice_id, each.service_id), []), elsewhere=learned.get(each.practice_id),
            acts=list(next_acts(each.standing, _waiting(each, checks.get(each.practice_id, []), seen, now))),
        )
        for each in found
    ]  # fmt: skip


def _waiting(
    gap: Gap, checks: Sequence[Check], seen: dict[tuple[int, int], Evidence], now: datetime
) -> list[tuple[str, str]]:
    """Kind and expression of the checks that do not pass: all of them if each seems to."""
    passed = set()
    for check in checks:
        last = seen.get((check.id, gap.service_id))
        if last is not None and last.result == PASS and Observed(PASS, last.at, check.freshness_days).is_fresh(now):
            passed.add(check.id)
    left = [each for each in checks if each.id not in passed] or checks
    return [(each.kind, each.expression) for each in left]
