"""Gaps: practices that a service has not adopted, or of which it is not known, with what stands behind them and what to
do next. What matters most comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.domain import impact as rules
from app.domain.adoption import UNKNOWN, Observed
from app.domain.automation import ACTIVE_CHECK, FACTS, PASS
from app.domain.gap import GAPS, Act, next_acts
from app.domain.impact import Impact
from app.domain.people import Actor
from app.models.adoption import Standing
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.queries import evidence, impact
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

    @property
    def order(self) -> Any:
        return rules.order(self.impact, tier=self.tier, level=self.level, name=f"{self.number:09}")

    @property
    def more(self) -> int:
        """Incidents behind it that are not named."""
        return self.impact.incidents - len(self.behind)


def of_service(session: Session, by: Actor, service: Service, now: datetime) -> tuple[list[Gap], int]:
    """The most important gaps of a service, and how many it has. Five queries."""
    rows = session.execute(
        _cells()
        .select_from(Practice)
        .join(Service, Service.id == service.id)
        .outerjoin(Standing, _both())
        .where(*_is_gap())
    ).all()
    impacts = impact.of_services(session, by, [service.id])
    found = sorted(
        (_gap(row, impacts.get((row[0], service.id), rules.NONE)) for row in rows), key=lambda each: each.order
    )
    return _dress(session, by, found[:SERVICE_MAX], now), len(found)


def of_team(session: Session, by: Actor, team_id: int, page: int, now: datetime) -> list[Gap]:
    """One page of a team's gaps, across its services. Four queries."""
    behind = impact.scored(impact.met_on_team(by, team_id))
    rows = session.execute(
        _cells()
        .add_columns(behind.c.incidents, behind.c.minutes, behind.c.unknown, behind.c.typical)
        .select_from(Practice)
        .join(Service, and_(Service.team_id == team_id, ~Service.is_retired))
        .outerjoin(Standing, _both())
        .outerjoin(behind, and_(behind.c.practice_id == Practice.id, behind.c.service_id == Service.id))
        .where(*_is_gap())
        .order_by(
            impact.score(behind).desc(), func.coalesce(behind.c.incidents, 0).desc(),
            case(rules.LEVELS, value=Practice.level, else_=9), Service.tier, Practice.number, Service.name,
        )
        .limit(TEAM_PAGE)
        .offset((page - 1) * TEAM_PAGE)
    )  # fmt: skip
    return _dress(session, by, [_gap(row[:-4], impact.read(row[-4:])) for row in rows], now)


def team_counts(session: Session, team_id: int) -> dict[str, int]:
    """The cells of a team's services by standing. One query, which looks each cell up and scans none."""
    standing = func.coalesce(Standing.standing, UNKNOWN)
    rows = session.execute(
        select(standing, func.count())
        .select_from(Practice)
        .join(Service, and_(Service.team_id == team_id, ~Service.is_retired))
        .outerjoin(Standing, _both())
        .where(Practice.state.in_(EVALUATED))
        .group_by(standing)
    )
    return dict(rows.all())


def _cells() -> Any:
    return select(
        Practice.id, Practice.number, Practice.statement, Practice.level, Practice.starter_key, Service.id,
        Service.name, Service.tier, Standing.standing, Standing.since, Standing.message,
    )  # fmt: skip


def _both() -> Any:
    return and_(Standing.practice_id == Practice.id, Standing.service_id == Service.id)


def _is_gap() -> tuple[Any, ...]:
    return Practice.state.in_(EVALUATED), or_(Standing.standing.is_(None), Standing.standing.in_(GAPS))


def _gap(row: Any, of: Impact) -> Gap:
    standing, since, message = row[-3:]
    return Gap(*[*row[:-3], standing or UNKNOWN, since, message or "", of])


def _dress(session: Session, by: Actor, found: Sequence[Gap], now: datetime) -> list[Gap]:
    """With the incidents behind each, and what to do next. Three queries."""
    behind = impact.named(session, by, [(each.practice_id, each.service_id) for each in found])
    checks: dict[int, list[Check]] = {}
    rows = select(Check).where(Check.practice_id.in_({each.practice_id for each in found}), Check.state == ACTIVE_CHECK)
    for check in session.scalars(rows.order_by(Check.id)):
        checks.setdefault(check.practice_id, []).append(check)
    asked = [each.id for some in checks.values() for each in some if each.kind != FACTS]
    seen = evidence.latest(session, asked, sorted({each.service_id for each in found}))
    return [
        replace(
            each, behind=behind.get((each.practice_id, each.service_id), []),
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
