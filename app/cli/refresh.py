"""Time passes: evidence goes stale and exemptions end by themselves. Once an hour, adoption follows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.models.best_practice import Practice
from app.workflow.evaluation import EVALUATED, refresh
from app.workflow.unit_of_work import UnitOfWork

EVERY = timedelta(hours=1)
LOOK_SECONDS = 30.0  # how often it is looked whether the hour is over: a clock that jumps is noticed
log = structlog.get_logger("ratchet.refresh")


@dataclass
class Hourly:
    """Evaluates every measured practice when an hour has passed since the last time. Several at once do no harm."""

    begin: UnitOfWork
    read: sessionmaker[Session]
    clock: Callable[[], datetime]
    last: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Until told to stop."""
        while not stop.is_set():
            self.tick(stop)
            stop.wait(LOOK_SECONDS)

    def tick(self, stop: threading.Event | None = None) -> int:
        """Evaluate if it is time; says how many practices were."""
        now = self.clock()
        # A clock that was set back must not stop it for as long as it was wrong.
        if self.last is not None and self.last <= now < self.last + EVERY:
            return 0
        self.last = now
        try:
            with self.read() as session:
                rows = select(Practice.number).where(Practice.state.in_(EVALUATED)).order_by(Practice.id)
                numbers = list(session.scalars(rows))
        except SQLAlchemyError as error:
            log.error("adoption cannot be refreshed", exc_info=error)
            return 0
        done = sum(self._evaluate(each, now) for each in numbers if not (stop and stop.is_set()))
        log.info("adoption refreshed", practices=done, out_of=len(numbers))
        return done

    def _evaluate(self, number: int, now: datetime) -> bool:
        """One practice in one transaction: what fails here stops no other."""
        try:
            with self.begin() as work:
                refresh(work, number, now=now)
        except Exception as error:  # it stops no other practice; logged, and tried next hour
            log.error("practice cannot be refreshed", practice=f"BP-{number}", exc_info=error)
            return False
        return True
