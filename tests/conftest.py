"""What every test may ask for. A test that asks for a database runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from app.db import connect
from app.domain.lifecycle import DEFAULT_POLICY
from app.models.person import Person
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from config import Settings
from tests import databases as real
from tests.parts import need

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the first process, not one that pytest-xdist started
        real.open_home()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        real.close_home()


# Databases. Ask for `session` or `sessions` in a test with one thread: everything is rolled back afterwards, also what
# a step commits. Ask for `fresh_engine` where threads or processes meet: it is a database of one's own.


@pytest.fixture(scope="session", params=list(real.KINDS))
def database(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`: asking for it runs the test on both."""
    return str(request.param)


class Opened:
    """The databases of this process, opened when the first test asks; a failure is remembered."""

    def __init__(self) -> None:
        self.kinds: dict[str, real.Databases] = {}
        self.engines: dict[str, Engine] = {}
        self.problems: dict[str, str] = {}

    def kind(self, name: str) -> real.Databases:
        if name not in self.kinds and name not in self.problems:
            try:
                self.kinds[name] = real.KINDS[name](os.environ.get("PYTEST_XDIST_WORKER", "main"))
            except Exception as error:
                self.problems[name] = f"{name} ({type(error).__name__}: {error})"
        need(self.problems.get(name, name), name in self.kinds)
        return self.kinds[name]

    def engine(self, name: str) -> Engine:
        if name not in self.engines:
            self.engines[name] = connect(self.kind(name).fresh_url())
        return self.engines[name]

    def close(self) -> None:
        for engine in self.engines.values():
            engine.dispose()
        for kind in self.kinds.values():
            kind.close()


@pytest.fixture(scope="session")
def opened() -> Iterator[Opened]:
    opened = Opened()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def engine(opened: Opened, database: str) -> Engine:
    """A migrated database that tests share; they roll back. Migrated once per process, with the real migrations."""
    return opened.engine(database)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One transaction around the whole test."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def sessions(connection: Connection) -> sessionmaker[Session]:
    """Sessions whose commits are savepoints of that one transaction."""
    return sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False, autoflush=False)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session


@pytest.fixture
def fresh_engine(opened: Opened, database: str) -> Iterator[Engine]:
    """An empty, migrated database that this test really commits to. `fresh_engine.url` is for other processes."""
    yield from _own_engine(opened.kind(database), migrated=True)


@pytest.fixture
def bare_engine(opened: Opened, database: str) -> Iterator[Engine]:
    """A database without any table, for tests of the migrations."""
    yield from _own_engine(opened.kind(database), migrated=False)


def _own_engine(kind: real.Databases, *, migrated: bool) -> Iterator[Engine]:
    url = kind.fresh_url(migrated=migrated)
    engine = connect(url)
    yield engine
    engine.dispose()
    kind.drop(url)


# Time


class FakeClock:
    """Called, it says the instant in UTC; it stands still until the test moves it: `clock.tick(days=1)`."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def tick(self, **step: float) -> datetime:
        self.at += timedelta(**step)
        return self.at


@pytest.fixture
def clock() -> FakeClock:
    """Monday, 2026-03-02, 09:00 UTC."""
    return FakeClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


# The application, on the rolled-back sessions of one test.


@pytest.fixture
def begin(sessions: sessionmaker[Session]) -> UnitOfWork:
    """`with begin() as work:` as the doors have it."""
    return UnitOfWork(sessions, DEFAULT_POLICY, CHAIN, announce)


@pytest.fixture
def app(sessions: sessionmaker[Session], engine: Engine, clock: FakeClock) -> Flask:
    """The web application as it is, CSRF protection and all."""
    from app.wiring import build_app  # noqa: PLC0415 - every process of the tests starts twice as fast without it

    settings = Settings.from_env({"RATCHET_SECRET_KEY": "tests", "RATCHET_LOG_LEVEL": "error"})
    return build_app(settings, engine=engine, sessions=sessions, clock=clock)


@pytest.fixture
def client_of(app: Flask) -> Callable[[Person], FlaskClient]:
    """A client of somebody who has signed in; without the cost of the password, which has tests of its own."""

    def sign_in(person: Person) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = f"{person.id}.{person.session_epoch}", True
        return client

    return sign_in
