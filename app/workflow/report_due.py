"""Every Monday at eight, wherever its readers are: the reports that are due and not there yet are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from app.domain.report import Figures
from app.domain.week import Week, due_between, last_due
from app.models.report import Report, ReportAudience
from app.outbox import backoff
from app.queries import audience as audiences
from app.queries import weekly
from app.queries.audience import Audience
from app.workflow.report_kept import compute, keep, one_snapshot
from app.workflow.unit_of_work import UnitOfWork

MOST_WEEKS = 53  # of one audience that are made after a long time without a worker
AT_ONCE = 10  # reports that are computed before they are kept: what another process has made meanwhile is not lost time
LOOK = timedelta(minutes=1)  # between two looks at who is there, unless something falls due before
AHEAD = timedelta(days=30)  # of the clock: an instant that far ahead was written by a clock that was wrong
log = structlog.get_logger("ratchet.report")


@dataclass(frozen=True)
class Job:
    """One report to make."""

    audience: Audience
    week: Week

    @property
    def key(self) -> tuple[str, str]:
        return (self.audience.key, self.week.name)

    @property
    def ends(self) -> datetime:
        return self.week.ends(self.audience.zone)


@dataclass
class Memory:
    """What one process need not ask again: until when nothing is due, whose reports are complete up to which week, and
    which ones have failed how often and are not tried before when."""

    looked_at: datetime | None = None
    rests_until: datetime | None = None
    complete: dict[str, tuple[datetime, Week]] = field(default_factory=dict)
    failed: dict[tuple[str, str], tuple[int, datetime]] = field(default_factory=dict)

    def rests(self, now: datetime) -> bool:
        return bool(self.looked_at and self.rests_until and self.looked_at <= now < self.rests_until)

    def may_try(self, job: Job, now: datetime) -> bool:
        _, again_at = self.failed.get(job.key, (0, now))
        return again_at <= now or again_at - now > timedelta(seconds=2 * backoff.MOST_SECONDS)  # the clock was set back

    def fail(self, job: Job, now: datetime) -> None:
        times = self.failed.get(job.key, (0, now))[0] + 1
        self.failed[job.key] = (times, now + timedelta(seconds=60 + backoff.seconds(times, job.audience.key)))


def make_due(
    begin: UnitOfWork, read: sessionmaker[Session], *, now: datetime, zone: str, memory: Memory | None = None,
    most: int | None = None, is_over: Callable[[], bool] = lambda: False,
) -> int:  # fmt: skip
    """Make what is due and not there, for every audience, the oldest first; at most so many at once. Says how many were
    tried. `zone` is that of the company. One that fails is logged, and tried again later; it stops no other."""
    memory = memory or Memory()
    if memory.rests(now):
        return 0
    due = [job for job in _look(begin, read, memory, now, zone) if memory.may_try(job, now)]
    jobs = sorted(due, key=lambda job: job.ends)[:most]
    for nth, batch in enumerate(_batches(jobs)):
        if nth and is_over():
            break
        _Monday(begin, read, memory, now).make(batch)
    return len(jobs)


def _batches(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """Some at a time whose weeks end at the same instant: they share what is dear to read."""
    for _, group in groupby(jobs, key=lambda job: job.ends):
        of_week = list(group)
        for first in range(0, len(of_week), AT_ONCE):
            yield of_week[first : first + AT_ONCE]


def _look(begin: UnitOfWork, read: sessionmaker[Session], memory: Memory, now: datetime, zone: str) -> list[Job]:
    """The reports that are due and not there yet, and since when the audiences are there."""
    with read() as session:
        rows = session.execute(select(ReportAudience.audience, ReportAudience.since))
        known = dict(rows.all())
        there = audiences.current(session, zone)  # after `known`: who is missing here is gone
    since = _greet(begin, known, there, now)
    due = [
        Job(each, week)
        for each in there
        if memory.complete.get(each.key) != (since[each.key], last_due(now, each.zone))
        for week in due_between(since[each.key], now, each.zone, MOST_WEEKS)
    ]
    made = _made(read, due) if due else set()
    left = [job for job in due if job.key not in made]
    missing = {job.audience.key for job in left}
    whole = [each for each in there if each.key not in missing]
    memory.complete = {each.key: (since[each.key], last_due(now, each.zone)) for each in whole}
    memory.failed = {key: told for key, told in memory.failed.items() if key in {job.key for job in left}}
    memory.looked_at = now
    has_more = any(memory.may_try(job, now) for job in left)
    memory.rests_until = (
        None if has_more else min([now + LOOK, *(last_due(now, each.zone).plus(1).due(each.zone) for each in there)])
    )
    return left


def _made(read: sessionmaker[Session], jobs: Sequence[Job]) -> set[tuple[str, str]]:
    """Which of these are there."""
    with read() as session:
        rows = select(Report.audience, Report.week).where(
            Report.audience.in_({job.audience.key for job in jobs}), Report.week.in_({job.week.name for job in jobs}),
            Report.revision == 1,
        )  # fmt: skip
        return {(audience, week) for audience, week in session.execute(rows)}


def _greet(
    begin: UnitOfWork, known: Mapping[str, datetime], there: Sequence[Audience], now: datetime
) -> Mapping[str, datetime]:
    """Since when each audience is there. One that was not known is new from now on, or comes back: what fell due
    meanwhile is none of its. Whoever is gone is forgotten."""
    keys = {each.key for each in there}
    stays = {key: at for key, at in known.items() if key in keys and at <= now + AHEAD}
    if stays.keys() == keys and stays.keys() == known.keys():
        return stays
    with begin() as work:
        insert = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
        for key, at in known.items() - stays.items():
            row = (ReportAudience.audience == key, ReportAudience.since == at)  # not one that has come back meanwhile
            work.session.execute(delete(ReportAudience).where(*row))
        new = [{"audience": key, "since": now} for key in sorted(keys - stays.keys())]
        if new:
            work.session.execute(insert(ReportAudience).on_conflict_do_nothing(), new)
    return dict.fromkeys(keys, now) | stays


@dataclass(frozen=True)
class _Monday:
    """One look's work."""

    begin: UnitOfWork
    read: sessionmaker[Session]
    memory: Memory
    now: datetime

    def make(self, jobs: Sequence[Job]) -> None:
        """Compute some reports whose weeks end at the same instant, then keep each in a transaction of its own: nobody
        waits for a writer that computes."""
        left = list(jobs)
        while left:
            for job, figures in self._compute(left):
                with self._logged(job), self.begin() as work:
                    keep(work, job.audience, job.week, figures, now=self.now)

    def _compute(self, left: list[Job]) -> list[tuple[Job, Figures]]:
        """As many of those that are left as one session will do: after a failure it may be good for nothing."""
        made: list[tuple[Job, Figures]] = []
        shared = weekly.Shared()
        with one_snapshot(self.read) as session:
            while left:
                job = left.pop(0)
                if _made(self.read, [job]):
                    continue
                with self._logged(job) as failures:
                    made.append((job, compute(session, job.audience, job.week, self.begin, shared)))
                if failures:
                    break
        return made

    @contextmanager
    def _logged(self, job: Job) -> Iterator[list[Exception]]:
        """Nothing that fails within stops the others; the list holds it afterwards."""
        failures: list[Exception] = []
        try:
            yield failures
        except Exception as error:  # it stops no other audience; it is logged, and tried again after a while
            failures.append(error)
            self.memory.fail(job, self.now)
            log.error("a weekly report was not made", audience=job.audience.key, week=job.week.name, exc_info=error)
