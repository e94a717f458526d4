"""The database: does it answer, has it this version's tables, and how does SQLite keep them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from app import migrate
from app.cli.checkup import Finding, ok, problem, warning

WAIT_SECONDS = 5


def findings(engine: Engine) -> Iterator[Finding]:
    found = _answers(engine)
    yield found
    if found.level == "problem":
        return
    yield _revision(engine)
    if engine.dialect.name == "sqlite":
        yield from _sqlite(engine)


def _answers(engine: Engine) -> Finding:
    where = engine.url.render_as_string()  # without the password
    is_sqlite = engine.dialect.name == "sqlite"
    # A connection of its own for PostgreSQL: the usual one would wait for minutes for a machine that is gone.
    asked = engine if is_sqlite else create_engine(
        engine.url, poolclass=NullPool, connect_args={"connect_timeout": WAIT_SECONDS}
    )  # fmt: skip
    try:
        with asked.execution_options(reads_only=True).connect() as connection:
            connection.execute(text("select 1"))
    except SQLAlchemyError as error:
        words = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return problem("database", f"{where} does not answer: {words}", "Start it, or correct RATCHET_DATABASE_URL.")
    return ok("database", f"{where} answers.")


def _revision(engine: Engine) -> Finding:
    now_at, head = migrate.current(engine), migrate.head()
    if now_at == head:
        return ok("migrations", f"The database is at {head}, the newest revision.")
    if now_at is not None and now_at not in {each.revision for each in migrate.history()}:
        words = f"The database is at {now_at}, which this version does not know."
        return problem("migrations", words, "It belongs to a newer version: start that one, or restore a backup.")
    return problem(
        "migrations", f"The database is {f'at {now_at}' if now_at else 'empty'}; this version needs {head}.",
        "Run: flask --app wsgi migrate",
    )  # fmt: skip


def _sqlite(engine: Engine) -> Iterator[Finding]:
    with engine.execution_options(reads_only=True).connect() as connection:
        mode = str(connection.execute(text("pragma journal_mode")).scalar()).lower()
    path = engine.url.database
    if not path or path == ":memory:":
        return
    if mode != "wal":
        advice = "Keep the file on a disk of this machine, not on a network drive; use PostgreSQL for several machines."
        yield warning("sqlite", f"The journal mode is {mode}, not WAL: readers wait for writers.", advice)
    else:
        yield ok("sqlite", "The journal mode is WAL: readers do not wait for writers.")
    if not os.access(path, os.W_OK) or not os.access(Path(path).resolve().parent, os.W_OK):
        yield problem("sqlite", f"{path} cannot be written by this user.", "Give this user the file and its folder.")
