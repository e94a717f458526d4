"""Many rows at once by the shortest way that each database has, within the transaction of the session.

Values come by columns: what a column says again and again is put into the words of the database once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice, repeat
from typing import Any

from psycopg.copy import QueuedLibpqWriter
from psycopg.pq import Format
from sqlalchemy import JSON, false, select
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session

from app.models.base import Base, Instant

Put = Callable[[Iterable[Iterable[Any]]], None]  # takes the values of some rows, column by column
PART = 2_000  # rows in memory at once
ROWS = 100  # of SQLite, in one statement: more do not make it faster
CACHED_KIB = 65_536  # of SQLite, while many rows are written: pages that are filled step by step are written once
WORDS_MAX = 50_000  # that are remembered
# https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS, "Binary Format"
_HEADER, _TRAILER, _NULL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff", b"\xff\xff\xff\xff"


def insert_rows(session: Session, kind: type[Base], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows given as values in the order of the columns. What the session holds is not written first, and no
    object is made of the rows."""
    left = iter(rows)
    with inserting(session, kind, names) as put:
        while part := list(islice(left, PART)):
            put(zip(*part, strict=True))


@contextmanager
def inserting(session: Session, kind: type[Base], names: Sequence[str]) -> Iterator[Put]:
    """Gives a function that inserts some rows. By COPY on PostgreSQL, which keeps them while the next are made; by
    statements of many rows on SQLite. The session cannot be used otherwise until the end of the block."""
    connection = session.connection()
    quoted = [connection.dialect.identifier_preparer.quote(name) for name in (kind.__tablename__, *names)]
    columns = [kind.__table__.c[name] for name in names]
    raw = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            raw.execute(str(select(*columns).where(false()).compile(connection)))  # what type each column has
            with _copying(raw, f"{quoted[0]} ({', '.join(quoted[1:])})") as put:
                yield put
        else:
            turns = [_for_sqlite(column.type, connection.dialect) for column in columns]
            raw.execute(f"PRAGMA cache_size = -{CACHED_KIB}")
            yield _by_statements(raw, f"{quoted[0]} ({', '.join(quoted[1:])})", turns)
            raw.execute("PRAGMA cache_size = -2000")  # what SQLite begins with
    finally:
        raw.close()


class _Words(dict[Any, Any]):
    """Values of one column in the words of the database, each turned once."""

    def __init__(self, turn: Callable[[Any], Any], null: Any) -> None:
        super().__init__()
        self._turn, self._null = turn, null

    def __missing__(self, value: Any) -> Any:
        words = self[value] = self._null if value is None else self._turn(value)
        return words

    def of(self, values: Iterable[Any]) -> Iterable[Any]:
        if len(self) > WORDS_MAX:
            self.clear()
        return map(self.__getitem__, values)


def _plainly(turn: Callable[[Any], Any], null: Any) -> Callable[[Iterable[Any]], Iterable[Any]]:
    """For JSON: its values cannot all be looked up, and True and 1 would be the same."""
    return lambda values: [null if value is None else turn(value) for value in values]


@contextmanager
def _copying(raw: Any, into: str) -> Iterator[Put]:
    """The driver says how each value is put, and we put it in its row: its own way, row by row, takes four times as
    long."""
    turns = []
    for column in raw.description:
        put_one = raw.adapters.get_dumper_by_oid(column.type_code, Format.BINARY)(object, raw.connection).dump
        is_json = column.type_display.startswith("json")
        turn = _measured(put_one)
        turns.append(_plainly(turn, _NULL) if is_json else _Words(turn, _NULL).of)
    head = repeat(len(turns).to_bytes(2, "big"))
    writer = QueuedLibpqWriter(raw)  # a thread that sends, while the next rows are made
    with raw.copy(f"COPY {into} FROM STDIN (FORMAT BINARY)", writer=writer) as copy:
        copy.write(_HEADER)

        def put(columns: Iterable[Iterable[Any]]) -> None:
            turned = [turn(column) for turn, column in zip(turns, columns, strict=True)]
            copy.write(b"".join(chain.from_iterable(zip(head, *turned))))  # noqa: B905 - the head has no end

        yield put
        copy.write(_TRAILER)


def _measured(put_one: Callable[[Any], Any]) -> Callable[[Any], bytes]:
    def turn(value: Any) -> bytes:
        words = bytes(put_one(value))
        return len(words).to_bytes(4, "big") + words

    return turn


def _for_sqlite(kind: Any, dialect: Dialect) -> Callable[[Iterable[Any]], Iterable[Any]] | None:
    if isinstance(kind, JSON):
        return _plainly(lambda value: json.dumps(value, ensure_ascii=False), None)
    if isinstance(kind, Instant):
        return _Words(lambda at: _as_sqlalchemy(kind.process_bind_param(at, dialect)), None).of
    return None


def _as_sqlalchemy(at: Any) -> Any:
    return at.isoformat(" ", "microseconds") if isinstance(at, datetime) else at


def _by_statements(raw: Any, into: str, turns: Sequence[Callable[[Iterable[Any]], Iterable[Any]] | None]) -> Put:
    row = f"({', '.join('?' * len(turns))})"
    one, many = (f"INSERT INTO {into} VALUES {', '.join([row] * count)}" for count in (1, ROWS))  # noqa: S608 - our own names

    def put(columns: Iterable[Iterable[Any]]) -> None:
        turned = [turn(column) if turn else column for turn, column in zip(turns, columns, strict=True)]
        values = list(chain.from_iterable(zip(*turned)))  # noqa: B905 - a value that is the same in all has no end
        whole = len(values) - len(values) % (ROWS * len(turns))
        for at in range(0, whole, ROWS * len(turns)):
            raw.execute(many, values[at : at + ROWS * len(turns)])
        raw.executemany(one, [values[at : at + len(turns)] for at in range(whole, len(values), len(turns))])

    return put
