"""The starter catalogue as this company would meet it: whom each practice means, and what its checks would say now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.adoption import ADOPTED, NOT_ADOPTED, UNKNOWN
from app.domain.automation import ERROR, FAIL, NOT_APPLICABLE, PASS
from app.models.automation import Check
from app.models.best_practice import Practice
from app.models.catalog import Fact, Service
from app.queries.checks import NOTHING, Reach, reach, see
from app.queries.outlook import standing
from app.queries.verdicts import subjects
from app.starter.catalogue import Starter


@dataclass(frozen=True)
class Counts:
    """How many services would pass, fail, and are unknown; and how many it does not apply to after all."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    beside: int = 0


@dataclass(frozen=True)
class Tried:
    """One check of a starter: what it asks, and what it would say."""

    kind: str
    text: str
    because: str
    counts: Counts


@dataclass(frozen=True)
class Offer:
    """`counts`: of its checks together. `facts`: the keys they ask for, with how many services report them. `on`: the
    practice that it has become."""

    starter: Starter
    reach: Reach
    checks: Sequence[Tried]
    counts: Counts
    facts: Sequence[tuple[str, int]]
    on: Practice | None

    @property
    def is_reported(self) -> bool:
        """Whether anybody reports what its checks ask for."""
        return not self.facts or any(count for _, count in self.facts)


def offers(session: Session, starters: Sequence[Starter], now: datetime) -> list[Offer]:
    """Some practices of the catalogue; six queries, however many practices and services there are."""
    among = subjects(session)
    on = _switched_on(session, [each.key for each in starters])
    reported = _reported(session, sorted({key for each in starters for key in each.facts}))
    whom = {each: reach(each, among) for each in {each.selector for each in starters}}
    return [
        Offer(
            each, whom[each.selector], *_try(each, whom[each.selector], now),
            [(key, reported.get(key, 0)) for key in each.facts], on.get(each.key),
        )
        for each in starters
    ]  # fmt: skip


def matching(starters: Sequence[Starter], words: str, area: str) -> list[Starter]:
    """Those of an area that have all of the words in their rule, reason or facts."""
    asked = words.casefold().split()[:8]
    return [
        each for each in starters
        if (not area or each.area == area)
        and all(word in f"{each.key} {each.statement} {each.why} {' '.join(each.facts)}".casefold() for word in asked)
    ]  # fmt: skip


def _try(starter: Starter, on: Reach, now: datetime) -> tuple[list[Tried], Counts]:
    """What each of its checks would say, and all of them together."""
    days = starter.freshness_days
    checks = [Check(id=0, kind=each.kind, expression=each.expression, freshness_days=days) for each in starter.checks]
    said = [[see(check, service, {}, now).result for check in checks] for service in on.services]
    stands = [standing(starter.combine, row) for row in said]
    tried = [
        Tried(each.kind, each.expression or each.question, each.because, _count([row[at] for row in said]))
        for at, each in enumerate(starter.checks)
    ]
    return tried, _count(stands)


def _count(words: Sequence[str]) -> Counts:
    """Of results, or of standings."""
    found = Counter(words)
    return Counts(
        passed=found[PASS] + found[ADOPTED], failed=found[FAIL] + found[NOT_ADOPTED],
        unknown=found[ERROR] + found[NOTHING] + found[UNKNOWN], beside=found[NOT_APPLICABLE],
    )  # fmt: skip


def _switched_on(session: Session, keys: Sequence[str]) -> dict[str, Practice]:
    rows = session.scalars(select(Practice).where(Practice.starter_key.in_(keys)))
    return {row.starter_key: row for row in rows if row.starter_key}


def _reported(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """How many services in use report each fact."""
    rows = session.execute(
        select(Fact.key, func.count())
        .join(Service, Service.id == Fact.service_id)
        .where(Fact.key.in_(keys), ~Service.is_retired)
        .group_by(Fact.key)
    )
    return {row[0]: row[1] for row in rows}
