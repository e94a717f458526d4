"""Engine and sessions for SQLite and PostgreSQL, behaving alike. No Flask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import Session, sessionmaker

BUSY_MS = 15_000
MAPPED_BYTES = 256 * 1024 * 1024  # of the file, shared by all connections: SQLite's own cache is 2 MiB for each


def connect(url: str, *, is_each_alone: bool = False) -> Engine:
    """An engine. For SQLite: WAL, foreign keys, a wait instead of "database is locked". `is_each_alone`: every
    statement is a transaction of its own, which holds a lock no longer than it takes."""
    if make_url(url).get_backend_name() != "sqlite":
        level: Any = "AUTOCOMMIT" if is_each_alone else "READ COMMITTED"
        return create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=8, isolation_level=level)
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=8, max_overflow=8)
    event.listen(engine, "connect", _prepare_sqlite)
    if not is_each_alone:
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin too late; _begin_sqlite says when
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_MS}",
        f"mmap_size = {MAPPED_BYTES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: upgrading later fails with "database is locked" instead of waiting.
    reads_only = connection.get_execution_options().get("reads_only")
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def writing(engine: Engine) -> sessionmaker[Session]:
    """Sessions of the unit of work and the relay."""
    return sessionmaker(engine, expire_on_commit=False, autoflush=False)


def reading(engine: Engine) -> sessionmaker[Session]:
    """Sessions of pages, which never write and never wait for a writer. They live as long as one answer, and so does
    every row that they have read: otherwise one that is asked for again is read again."""
    made = sessionmaker(engine.execution_options(reads_only=True), expire_on_commit=False, autoflush=False)
    event.listen(made, "loaded_as_persistent", _keep)
    return made


def _keep(session: Session, row: Any) -> None:
    session.info.setdefault("kept", []).append(row)
