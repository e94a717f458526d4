"""Time passes: evidence goes stale, exemptions and campaigns end, teams hear of what they lost, reports fall due."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from app.models.adoption import Tally
from app.models.best_practice import Practice
from app.queries import exemptions
from app.workflow import campaign, exemption, report, slips
from app.workflow.evaluation import EVALUATED, fall_due
from app.workflow.report_due import Memory
from app.workflow.unit_of_work import UnitOfWork, Work

LOOK_SECONDS = 10.0
REPORTS_AT_ONCE = 10  # so that after a long time without a worker no other duty waits for all of them
Result = TypeVar("Result")
log = structlog.get_logger("ratchet.refresh")


@dataclass
class Clockwork:
    """Does what is due and only that. Several at once do no harm: each duty is one transaction that finds nothing left
    to do when another was first. A duty that fails is logged and stops no other."""

    begin: UnitOfWork
    read: sessionmaker[Session]
    clock: Callable[[], datetime]
    settle: timedelta
    recover: Callable[[], int] = lambda: 0
    zone: str = "UTC"
    reports: Memory = field(default_factory=Memory)
    has_more: bool = False

    def run(self, stop: threading.Event) -> None:
        """Until told to stop."""
        while not stop.is_set():
            self.tick(stop)
            stop.wait(0.0 if self.has_more else LOOK_SECONDS)

    def tick(self, stop: threading.Event | None = None) -> int:
        """Everything that is due now; says how many practices were looked at."""
        now = self.clock()
        done = 0
        for number in self._try("looking for what is due", lambda: self._due(now)) or ():
            if stop and stop.is_set():
                return done
            done += self._do(f"practice BP-{number}", partial(fall_due, practice_number=number, now=now))
        for key in self._try("looking for exemptions", lambda: self._expiring(now)) or ():
            self._do(f"exemption {key}", partial(exemption.warn, exemption_id=key, now=now))
        self._try("requests from Slack", self.recover)
        self._do("campaigns", partial(campaign.settle_due, now=now))
        self._do("slips", partial(slips.tell_due, now=now, settle=self.settle))
        tried = self._try("weekly reports", lambda: self._report(now, stop))
        self.has_more = tried == REPORTS_AT_ONCE
        return done

    def _report(self, now: datetime, stop: threading.Event | None) -> int:
        """The last duty, after everything that was due before has its place in the past: some reports at a time."""
        return report.make_due(
            self.begin, self.read, now=now, zone=self.zone, memory=self.reports, most=REPORTS_AT_ONCE,
            is_over=stop.is_set if stop else lambda: False,
        )  # fmt: skip

    def _due(self, now: datetime) -> Sequence[int]:
        """The practices with a cell that time has changed, and those that an older version has evaluated last."""
        rows = (
            select(Practice.number)
            .outerjoin(Tally, Tally.practice_id == Practice.id)
            .where(Practice.state.in_(EVALUATED), or_(Tally.practice_id.is_(None), Tally.next_due_at <= now))
            .order_by(Practice.id)
        )
        with self.read() as session:
            return session.scalars(rows).all()

    def _expiring(self, now: datetime) -> Sequence[int]:
        with self.read() as session:
            return exemptions.expiring(session, now)

    def _do(self, duty: str, step: Callable[[Work], object]) -> bool:
        def act() -> bool:
            with self.begin() as work:
                step(work)
            return True

        return self._try(duty, act) or False

    def _try(self, duty: str, act: Callable[[], Result]) -> Result | None:
        try:
            return act()
        except Exception as error:  # it stops no other duty; it is logged, and tried again in some seconds
            log.error("a duty of the worker failed", duty=duty, exc_info=error)
            return None
