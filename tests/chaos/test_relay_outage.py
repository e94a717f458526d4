"""The database goes away under the worker and comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from app.db import connect, writing
from app.outbox.contract import Delivered, Outcome, Parcel
from app.outbox.worker import Worker
from tests.slack.company import Company, relay


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True, scope="session")  # a file does not go away
def test_the_worker_outlives_an_outage_of_the_database(fresh_engine: Engine) -> None:
    office = Company(writing(fresh_engine), now)
    seen: list[int] = []

    def deliver(parcel: Parcel) -> Outcome:
        seen.append(parcel.id)
        return Delivered({"text": "here"})

    worker = Worker(relay(writing(fresh_engine), deliver, now), poll_seconds=0.05)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        office.declare()
        _until(lambda: all(each.state == "delivered" for each in office.messages()))
        before = len(seen)
        _outage(fresh_engine, seconds=0.5)
        office.declare("Another")
        _until(lambda: len(seen) > before and all(each.state == "delivered" for each in office.messages()))
    finally:
        worker.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()
    assert len(seen) == len(set(seen))


def _outage(engine: Engine, *, seconds: float) -> None:
    """Every connection is cut and no new one is let in."""
    name = engine.url.database
    keeper = connect(engine.url.set(database="postgres").render_as_string(hide_password=False))
    with keeper.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"alter database {name} allow_connections false"))
        connection.execute(
            text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name"), {"name": name}
        )
        time.sleep(seconds)
        connection.execute(text(f"alter database {name} allow_connections true"))
    keeper.dispose()


def _until(holds: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)
