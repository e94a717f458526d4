"""What Slack was told we have: kept before we say so, done once, and done by somebody else if this process dies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from app import db
from app.models.slack import SlackRequest

LEASE = timedelta(minutes=1)  # for whoever has taken a request; after that somebody else tries
ATTEMPTS_MAX = 3
KEPT = timedelta(days=2)  # Slack sends an event again for some minutes; two days show an operator what has happened
AT_ONCE = 20
_TABLE: Any = SlackRequest.__table__


@dataclass(frozen=True)
class Request:
    """Something that somebody wants. `kind` says what shape the payload has; `key` is the same if it is sent again."""

    id: int
    key: str
    kind: str
    payload: Mapping[str, Any]
    received_at: datetime
    attempts: int


class Inbox:
    """Requests on connections of its own: nobody who works keeps a new one waiting."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self.engine = engine
        self.clock = clock
        self._is_ready = False

    def prepare(self) -> None:
        """On SQLite the table stands in a file of its own, which is made when it is first needed."""
        if not self._is_ready and self.engine.dialect.name == "sqlite":
            with self.engine.begin() as connection:
                connection.execute(CreateTable(_TABLE, if_not_exists=True))  # others may be at it at this moment
                for index in _TABLE.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))
        self._is_ready = True

    def take(self, key: str, kind: str, payload: Mapping[str, Any]) -> Request | None:
        """Keep a new request, and let the caller do it. None: it is known already."""
        self.prepare()
        now = self.clock()
        row = {
            "key": key, "kind": kind, "payload": dict(payload), "received_at": now, "next_at": now + LEASE,
            "attempts": 1, "last_error": "",
        }  # fmt: skip
        try:
            with self.engine.begin() as connection:
                made = connection.execute(insert(_TABLE).values(row).returning(_TABLE.c.id)).scalar_one()
        except IntegrityError:
            return None
        return Request(made, key, kind, payload, now, 1)

    def done(self, request: Request, error: str = "") -> None:
        """It is answered, or given up."""
        with self.engine.begin() as connection:
            settled = update(_TABLE).where(_TABLE.c.id == request.id)
            connection.execute(settled.values(done_at=self.clock(), last_error=error[:2_000]))

    def failed(self, request: Request, error: str) -> None:
        """It is tried again when the lease is over; an error of the database or of Slack may be gone by then."""
        with self.engine.begin() as connection:
            connection.execute(update(_TABLE).where(_TABLE.c.id == request.id).values(last_error=error[:2_000]))

    def left_over(self) -> list[Request]:
        """Requests whose taker has died or failed, taken for the caller."""
        self.prepare()
        now = self.clock()
        is_left = _TABLE.c.done_at.is_(None) & (_TABLE.c.next_at <= now)
        with self.engine.connect() as connection:  # most of the time there are none: that must not take the write lock
            ids = connection.execute(select(_TABLE.c.id).where(is_left).order_by(_TABLE.c.id).limit(AT_ONCE)).scalars()
            wanted = list(ids)
        if not wanted:
            return []
        taken = (
            update(_TABLE)
            .where(_TABLE.c.id.in_(wanted), is_left)
            .values(next_at=now + LEASE, attempts=_TABLE.c.attempts + 1)
            .returning(*(_TABLE.c[name] for name in Request.__dataclass_fields__))
        )
        with self.engine.begin() as connection:
            return [Request(*row) for row in connection.execute(taken)]

    def forget(self) -> None:
        """What was done long ago."""
        with self.engine.begin() as connection:
            connection.execute(delete(_TABLE).where(_TABLE.c.done_at < self.clock() - KEPT))


def beside(engine: Engine) -> Engine:
    """Connections for the inbox: to the same database; on SQLite, where one writer makes all others wait, to a file
    beside it."""
    url = engine.url
    if engine.dialect.name != "sqlite":
        return db.connect(url.render_as_string(hide_password=False), is_each_alone=True)
    return db.connect(
        url.set(database=f"{url.database}-inbox").render_as_string(hide_password=False), is_each_alone=True
    )
