"""Where cells stand is written here and nowhere else: the current row, the past that it leaves, the tally.

What time alone has made of a cell since somebody last looked is written first, at the instants at which it happened:
so the past is the same whether the worker was early, late or down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import repeat
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from app.domain.adoption import DOES_NOT_APPLY, WANTING, Loss, loss
from app.models.adoption import PastStanding, Standing
from app.models.bulk import insert_rows, inserting
from app.queries.judge import Column
from app.queries.rules import Found

Key = tuple[int, int]  # practice, service
_COLUMNS = ("practice_id", "service_id", "standing", "message", "since", "due_at", "due_standing", "later")
_PAST = ("practice_id", "service_id", "until", "since", "standing", "message")
_TABLE: Any = Standing.__table__
_ROWS = select(*(_TABLE.c[name] for name in _COLUMNS))
NOWHERE = Found(DOES_NOT_APPLY, "")
_UPDATE = update(_TABLE).where(
    _TABLE.c.practice_id == bindparam("of_practice"), _TABLE.c.service_id == bindparam("of_service")
)
_DELETE = delete(_TABLE).where(
    _TABLE.c.practice_id == bindparam("of_practice"), _TABLE.c.service_id == bindparam("of_service")
)


SPARSE = 4  # ids in a range for each that is wanted


class Current(NamedTuple):
    """The stored row of a cell."""

    standing: str
    message: str
    since: datetime
    due_at: datetime | None
    due_standing: str | None
    later: list[list[str]] | None


@dataclass(frozen=True)
class Lost:
    """An adoption that was lost, at its instant."""

    key: Key
    was: str | None
    now: str
    cause: Loss
    at: datetime
    message: str


@dataclass
class Book:
    """The cells of some practices and services as they are stored, and what is to become of them at `now`."""

    session: Session
    now: datetime
    current: dict[Key, Current]
    notes_new: Collection[int] = ()  # practices of which it matters that a service is new to them
    lost: list[Lost] = field(default_factory=list)
    recovered: list[tuple[Key, datetime]] = field(default_factory=list)
    moved: dict[int, Counter[str]] = field(default_factory=dict)  # by practice: how many more stand where
    due: dict[int, datetime] = field(default_factory=dict)  # by practice: the earliest that was written
    _new: list[tuple[Any, ...]] = field(default_factory=list)
    _plain: list[tuple[Any, ...]] = field(
        default_factory=list
    )  # new as well, as the database keeps them, without later
    _changed: list[dict[str, Any]] = field(default_factory=list)
    _past: list[tuple[Any, ...]] = field(default_factory=list)
    _gone: list[Key] = field(default_factory=list)

    def put(self, key: Key, found: Found) -> None:
        """The cell stands so from now on. Where a practice does not apply, and will not by time, there is no cell."""
        was, is_cell = self.current.get(key), found.standing != DOES_NOT_APPLY or found.due_at is not None
        if was is None:
            if is_cell:
                self._new.append((*key, found.standing, found.message, self.now, *found[2:]))
                self._count(key, None, found.standing)
                self._note(key, None, found.standing, self.now, found.message)
        else:
            before = self._let_time_pass(key, was)
            since = before.since
            if before.standing != found.standing:
                since = self._close(key, before, self.now)
                self._count(key, before.standing, found.standing)
                self._note(key, before.standing, found.standing, since, found.message)
            if is_cell:
                self._keep(key, was, Current(found.standing, found.message, since, *found[2:]))
            else:
                self._end(key, before, found.standing)
        if found.due_at is not None:
            self.due[key[0]] = min(found.due_at, self.due.get(key[0], found.due_at))

    @contextmanager
    def columns(self) -> Iterator[Callable[[int, Column], None]]:
        """Gives a function that puts a practice's cells. New ones are written at once, while the next are judged: there
        may be millions. Until the end of the block the session cannot be used otherwise."""
        known: dict[int, set[int]] = {}
        for practice_id, service_id in self.current:
            known.setdefault(practice_id, set()).add(service_id)
        with inserting(self.session, Standing, _COLUMNS[:-1]) as insert_part:

            def put(practice_id: int, column: Column) -> None:
                for service_id in known.get(practice_id, set()).difference(column.ids):
                    self.put((practice_id, service_id), NOWHERE)
                is_plain = not any(column.later) and DOES_NOT_APPLY not in column.standings
                if practice_id in known or practice_id in self.notes_new or not is_plain:
                    for service_id, found in column.cells():
                        self.put((practice_id, service_id), found)
                    return
                insert_part((
                    repeat(practice_id), column.ids, column.standings, column.messages, repeat(self.now),
                    column.due_at, column.due_standings,
                ))  # fmt: skip
                self.moved.setdefault(practice_id, Counter()).update(column.standings)
                due = min(filter(None, column.due_at), default=None)
                if due is not None:
                    self.due[practice_id] = due

            yield put

    def let_time_pass(self, key: Key) -> None:
        """Nothing has happened to the cell but that time has passed."""
        was = self.current[key]
        self._keep(key, was, self._let_time_pass(key, was))

    def remove(self, key: Key) -> None:
        """The cell is no more: its service or its practice is retired. Its past stays."""
        before = self._let_time_pass(key, self.current.pop(key))
        self._close(key, before, self.now)
        self._count(key, before.standing, None)
        self.recovered.append((key, self.now))
        self._gone.append(key)

    def _end(self, key: Key, before: Current, now: str) -> None:
        """The practice does not apply any more: that is what no row means."""
        if before.standing == now:
            self._close(key, before, self.now)
        self._gone.append(key)

    def write(self) -> None:
        """Everything, in as few statements as there are kinds of changes."""
        if self._past:
            insert_rows(self.session, PastStanding, _PAST, self._past)
        if self._gone:
            self.session.execute(_DELETE, [{"of_practice": key[0], "of_service": key[1]} for key in self._gone])
        if self._changed:
            self.session.execute(_UPDATE, self._changed)
        if self._new:
            insert_rows(self.session, Standing, _COLUMNS, self._new)

    def _let_time_pass(self, key: Key, was: Current) -> Current:
        steps = [(was.due_at, was.due_standing), *((_instant(at), then) for at, then in was.later or ())]
        here = was
        for at, (due_at, then) in enumerate(steps):
            if due_at is None or then is None or due_at > self.now:
                break
            self._close(key, here, due_at)
            self._count(key, here.standing, then)
            self._note(key, here.standing, then, due_at, "", by_time=True)
            rest = steps[at + 1 :]
            following, later = (rest[0], rest[1:]) if rest else ((None, None), [])
            told = [[each.isoformat(), standing] for each, standing in later if each and standing]
            here = Current(then, here.message, due_at, following[0], following[1], told or None)
        return here

    def _close(self, key: Key, was: Current, until: datetime) -> datetime:
        """Write what ends at this instant; two changes at one instant leave no past. Says since when the next holds:
        a clock that was set back makes no interval that ends before it begins."""
        until = max(until, was.since)
        if until > was.since:
            self._past.append((*key, until, was.since, was.standing, was.message))
        return until

    def _keep(self, key: Key, was: Current, new: Current) -> None:
        if new != was:
            self._changed.append({"of_practice": key[0], "of_service": key[1], **new._asdict()})

    def _count(self, key: Key, was: str | None, now: str | None) -> None:
        moved = self.moved.setdefault(key[0], Counter())
        if was is not None:
            moved[was] -= 1
        if now is not None:
            moved[now] += 1

    def _note(self, key: Key, was: str | None, now: str, at: datetime, message: str, *, by_time: bool = False) -> None:
        cause = loss(was, now, by_time=by_time)
        if cause is Loss.NEW and key[0] not in self.notes_new:
            return
        if cause is not None:
            self.lost.append(Lost(key, was, now, cause, at, message or str(cause)))
        elif was in WANTING and now not in WANTING:
            self.recovered.append((key, at))


def of(
    session: Session, now: datetime, practice_ids: Sequence[int], service_ids: Iterable[int] | None = None,
    *, only_due: bool = False,
) -> Book:  # fmt: skip
    """The book of these practices: for all services, or for some; or only of the cells that are due."""
    rows = _ROWS.where(_TABLE.c.practice_id.in_(practice_ids))
    wanted = None if service_ids is None else set(service_ids)
    if wanted:
        # A range of the primary key for each practice: faster than to look up every pair. The others are passed over.
        rows = rows.where(_TABLE.c.service_id.between(min(wanted), max(wanted)))
        if max(wanted) - min(wanted) > SPARSE * len(wanted):
            rows = rows.where(_TABLE.c.service_id.in_(wanted))
    if only_due:
        rows = rows.where(_TABLE.c.due_at <= now)
    found = {(row[0], row[1]): Current(*row[2:]) for row in session.execute(rows) if wanted is None or row[1] in wanted}
    return Book(session, now, found)


def _instant(told: str) -> datetime:
    return datetime.fromisoformat(told)
