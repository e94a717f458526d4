"""Many rows at once by the shortest way that each database has, within the transaction of the session."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, insert
from sqlalchemy.orm import Session

from app.models.base import Base, Instant


def insert_rows(session: Session, kind: type[Base], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as values in the order of the columns: COPY on PostgreSQL, one prepared statement on SQLite.
    What the session holds is not written first, and no object is made of the rows."""
    table: Any = kind.__table__
    connection = session.connection()
    raw = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            as_plain = _plain(table, columns, {Json: _json})
            with raw.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(as_plain(row))
        else:
            as_plain = _plain(table, columns, {Instant: _as_sqlite_keeps_it(), Json: _json})
            statement = insert(table).compile(dialect=connection.dialect, column_keys=list(columns))
            in_order = [list(columns).index(name) for name in statement.positiontup or columns]
            plain = (tuple(map(as_plain(row).__getitem__, in_order)) for row in rows)
            raw.executemany(str(statement), plain)  # type: ignore[arg-type] # any iterable will do
    finally:
        raw.close()


Json = JSON  # by its class, whichever variant the column has


def _plain(
    table: Any, columns: Sequence[str], by_type: dict[Any, Callable[[Any], Any]]
) -> Callable[[Sequence[Any]], list[Any]]:
    """Turns the values of a row into what the driver takes."""
    turn = [
        (at, convert)
        for at, name in enumerate(columns)
        for kind, convert in by_type.items()
        if isinstance(table.c[name].type, kind)
    ]

    def as_plain(row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for at, convert in turn:
            if values[at] is not None:
                values[at] = convert(values[at])
        return values

    return as_plain


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _as_sqlite_keeps_it() -> Callable[[datetime], str]:
    """Instants as SQLAlchemy writes them. Many rows share an instant."""
    known: dict[datetime, str] = {}

    def convert(at: datetime) -> str:
        if at not in known:
            known[at] = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return known[at]

    return convert
