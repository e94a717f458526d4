"""The facts of a service with their age: stale when older than the checks that read them allow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.automation import ACTIVE_CHECK, FACTS
from app.domain.gap import keys_read
from app.models.automation import Check
from app.models.best_practice import Practice
from app.models.catalog import Fact
from app.queries import services
from app.queries.practice import EVALUATED


@dataclass(frozen=True)
class Told:
    """A fact, and for how many days the strictest check that reads it believes it; None: no check reads it."""

    fact: Fact
    fresh_days: int | None

    def is_stale(self, now: datetime) -> bool:
        return self.fresh_days is not None and self.fact.at < now - timedelta(days=self.fresh_days)


def of_service(session: Session, service_id: int) -> tuple[list[Told], int]:
    """What a service reports about itself, by key, and how many keys there are. Three queries."""
    total = session.scalar(select(func.count()).select_from(Fact).where(Fact.service_id == service_id)) or 0
    strictest: dict[str, int] = {}
    for expression, days in session.execute(
        select(Check.expression, Check.freshness_days)
        .join(Practice, Practice.id == Check.practice_id)
        .where(Check.kind == FACTS, Check.state == ACTIVE_CHECK, Practice.state.in_(EVALUATED))
    ):
        for key in keys_read(expression):
            strictest[key] = min(days, strictest.get(key, days))
    return [Told(each, strictest.get(each.key)) for each in services.facts(session, service_id)], total
