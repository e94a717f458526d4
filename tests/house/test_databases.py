"""The databases that tests get are real, empty and their own."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from sqlalchemy import Engine, func, make_url, select, text
from sqlalchemy.orm import Session, sessionmaker

from app.models.person import Team
from tests.conftest import FakeClock


def _count(session: Session) -> int:
    return session.execute(select(func.count()).select_from(Team)).scalar_one()


def test_what_a_step_commits_is_seen_by_the_next_session(sessions: sessionmaker[Session]) -> None:
    with sessions() as first:
        first.add(Team(name="payments", title="Payments"))
        first.commit()
    with sessions() as second:
        assert _count(second) == 1


def test_what_a_test_committed_is_gone_in_the_next_test(session: Session) -> None:
    for _ in range(2):
        assert _count(session) == 0
        session.add(Team(name="payments", title="Payments"))
        session.commit()
        session.delete(session.execute(select(Team)).scalar_one())
        session.commit()
    session.add(Team(name="left behind", title="Left behind"))
    session.commit()


def test_nothing_is_left_behind(session: Session) -> None:
    assert _count(session) == 0


def test_a_fresh_database_is_shared_by_threads(fresh_engine: Engine) -> None:
    def write() -> None:
        with Session(fresh_engine) as session:
            session.add(Team(name="payments", title="Payments"))
            session.commit()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    with Session(fresh_engine) as session:
        assert _count(session) == 1
    assert make_url(fresh_engine.url.render_as_string(hide_password=False)) == fresh_engine.url


def test_the_database_is_the_one_that_was_asked_for(session: Session, database: str) -> None:
    version = session.execute(text("select sqlite_version()" if database == "sqlite" else "select version()")).scalar()
    assert version is not None
    assert ("PostgreSQL" in version) == (database == "postgresql")


def test_the_clock_moves_only_when_told(clock: FakeClock) -> None:
    assert clock() == clock() == datetime(2026, 3, 2, 9, tzinfo=UTC)
    clock.tick(days=1, hours=2)
    assert clock() == datetime(2026, 3, 3, 11, tzinfo=UTC)
