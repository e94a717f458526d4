"""Completing an analysis locks its incident first and a practice after it: it never waits long for the other order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, select

from app.db import writing
from app.domain.errors import Refused
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.people import RATCHET
from app.models.best_practice import Practice
from app.models.incident import Incident
from app.workflow import kit, question
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from tests.cast import Cast
from tests.conftest import FakeClock
from tests.workflow.test_recurrence import DAY, learned, named, stood


def test_whoever_completes_an_analysis_while_its_practice_is_changed_is_told_and_can_try_again(
    fresh_engine: Engine, clock: FakeClock
) -> None:
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, CHAIN, announce)
    cast = Cast(begin, clock)
    first, practice = learned(cast)
    stood(cast, practice, "checkout", ("adopted", cast.now - 20 * DAY, None))
    number = cast.declare(title="Payments hang again")
    named(cast, number)
    is_held, is_tried = threading.Event(), threading.Event()

    def change() -> None:
        """As a step on a practice does it: the practice first, then its incidents."""
        with begin() as work:
            kit.practice(work, practice.number, RATCHET, "see")
            is_held.set()
            is_tried.wait(2 if fresh_engine.dialect.name == "postgresql" else 0.2)
            kit.incident(work, number, RATCHET, "see")

    def complete() -> bool:
        """Whether it went through; the incident is locked before anything else."""
        is_held.wait(10)
        try:
            with begin() as work:
                kit.incident(work, number, RATCHET, "see")
                of = work.session.scalars(select(Incident).where(Incident.number == number)).one()
                question.question_by_incident(work, of, now=clock())
        except Refused as refused:
            return "is being changed at this moment" not in str(refused)
        finally:
            is_tried.set()
        return True

    with ThreadPoolExecutor(2) as pool:
        jobs = pool.submit(change), pool.submit(complete)
        jobs[0].result(timeout=30)  # a deadlock is an error here
        went_through = jobs[1].result(timeout=30)
    assert went_through == (fresh_engine.dialect.name == "sqlite"), "SQLite lets one write after the other"
    assert went_through or complete(), "once more, and it goes through"
    rows = select(Practice.questioned_at).where(Practice.id == practice.id)
    assert cast.look(lambda session: session.scalar(rows)) == clock()
    assert cast.stands(first) == ("analysis", "active")
