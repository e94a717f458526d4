"""Bring a database to the newest schema, whoever starts first. Alembic's configuration is made here; no Flask."""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection

from app.db import connect

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"
_LOCK = 0x7261746368  # "ratch": the advisory lock of PostgreSQL that one upgrade holds
_threads = threading.Lock()  # Alembic keeps the running migration in globals


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Every migration that is missing, in one transaction. Others who start meanwhile wait, then find it done."""
    with _alone(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Back to a revision, or to `base`: an empty database."""
    with _alone(engine) as connection:
        command.downgrade(_config(connection), revision)


def current(bind: Engine | Connection) -> str | None:
    """The revision that the database is at. None: it is empty."""
    if isinstance(bind, Connection):
        return MigrationContext.configure(bind).get_current_revision()
    with bind.execution_options(reads_only=True).connect() as connection:
        return current(connection)


def head() -> str | None:
    """The revision that this code needs. More than one head is an error, by CommandError."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def history() -> list[Script]:
    """Every migration, the oldest first."""
    return list(ScriptDirectory.from_config(_config()).walk_revisions())[::-1]


def is_current(bind: Engine | Connection) -> bool:
    return current(bind) == head()


def revise(message: str) -> None:
    """Write a new migration from what app.models has beyond the newest one. Read it before you believe it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{folder}/revise.db")
        upgrade(engine)
        with _alone(engine) as connection:
            following = f"{len(list((SCRIPTS / 'versions').glob('*.py'))) + 1:04d}"
            command.revision(_config(connection), message, autogenerate=True, rev_id=following)
        engine.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other upgrade shares, on this machine or another."""
    with _threads, engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with _sqlite_alone(connection):
                yield connection
            return
        with connection.begin():
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection


@contextmanager
def _sqlite_alone(connection: Connection) -> Iterator[None]:
    # Changing a table of SQLite copies it and drops the old one; with foreign keys on, that would cascade. The pragma
    # does nothing inside a transaction, so it comes first; and every reference is checked before the commit.
    raw = connection.connection.cursor()
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        with connection.begin():  # BEGIN IMMEDIATE, by app.db: the second process waits here
            yield
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise RuntimeError(f"The migration leaves rows that refer to nothing: {broken[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys = ON")
        raw.close()


if __name__ == "__main__":
    revise(" ".join(sys.argv[1:]))
