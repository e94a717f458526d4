"""Many rows at once by the shortest way that each database has, within the transaction of the session."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, insert
from sqlalchemy.orm import Session

from app.models.base import Base, Instant

Row = Sequence[Any]


def insert_rows(session: Session, kind: type[Base], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows given as values in the order of the columns. What the session holds is not written first, and no
    object is made of the rows."""
    turn = [
        (at, _json if isinstance(column.type, JSON) else keeper(session))
        for at, column in enumerate(_table(kind).c[name] for name in columns)
        if isinstance(column.type, (JSON, Instant))
    ]

    def plain(row: Row) -> list[Any]:
        values = list(row)
        for at, convert in turn:
            if values[at] is not None:
                values[at] = convert(values[at])
        return values

    insert_plain(session, kind, columns, map(plain, rows))


def insert_plain(session: Session, kind: type[Base], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows whose instants and JSON are as the driver takes them (`keeper`)."""
    with inserting(session, kind, columns) as insert_part:
        insert_part(rows)


@contextmanager
def inserting(session: Session, kind: type[Base], columns: Sequence[str]) -> Iterator[Callable[[Iterable[Row]], None]]:
    """Insert plain rows part by part: by COPY on PostgreSQL, which keeps them while the next are made, by one prepared
    statement on SQLite. The session cannot be used otherwise until the end of the block."""
    connection = session.connection()
    raw = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            with raw.copy(f"COPY {_table(kind).name} ({', '.join(columns)}) FROM STDIN") as copy:
                write = copy.write_row

                def copy_rows(rows: Iterable[Row]) -> None:
                    for row in rows:
                        write(row)

                yield copy_rows
        else:
            statement = insert(_table(kind)).compile(dialect=connection.dialect, column_keys=list(columns))
            ordered = list(statement.positiontup or columns)
            in_order = None if ordered == list(columns) else itemgetter(*map(list(columns).index, ordered))

            def execute(rows: Iterable[Row]) -> None:
                raw.executemany(str(statement), map(in_order, rows) if in_order else rows)  # type: ignore[arg-type] # the driver takes what it can go through

            yield execute
    finally:
        raw.close()


def keeper(session: Session) -> Callable[[datetime], Any]:
    """Turns an instant into what the driver keeps. Many rows share an instant: each is turned once."""
    if session.get_bind().dialect.name == "postgresql":
        return _as_it_is
    known: dict[datetime, str] = {}

    def keep(at: datetime) -> str:
        if at not in known:
            # As SQLAlchemy writes it.
            known[at] = at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        return known[at]

    return keep


def _as_it_is(at: datetime) -> datetime:
    return at


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _table(kind: type[Base]) -> Any:
    return kind.__table__
