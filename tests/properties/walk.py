"""A walk of random steps by random people on one incident, right and wrong ones, each looked at from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import RatchetError
from app.domain.lifecycle import KEYS, Position, rail
from app.models.base import Base
from app.models.incident import Incident
from app.queries import criteria
from app.workflow import analysis, best_practice, incident, lifecycle, remediation, resolution, review
from app.workflow.unit_of_work import UnitOfWork
from tests.cast import ROLES, Cast, resolved, reviewed

REASONS = ("", "  ", "Because.")
LIFECYCLE = ("advance", "block", "unblock", "skip", "reopen")
TABLES = [each.name for each in Base.metadata.sorted_tables]
Step = Callable[["Walk"], Any]


def see(connection: Connection) -> list[list[tuple[Any, ...]]]:
    """Every row of every table, as the driver gives it: looked at thousands of times."""
    cursor = connection.connection.cursor()
    return [cursor.execute(f"select * from {name}").fetchall() for name in TABLES]


@dataclass
class Walk:
    """One incident, and what has become of the steps so far."""

    connection: Connection
    begin: UnitOfWork
    clock: Any
    chance: Random
    refused: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    reached: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.cast = Cast(self.begin, self.clock)
        severity = self.chance.choice((None, "SEV1", "SEV3", "SEV4"))
        self.number = self.cast.declare(severity=severity, is_private=self.chance.random() < 0.2)
        self.before = see(self.connection)

    def take(self, name: str, step: Step) -> None:
        """Try a step. A refused one has a sentence and has changed nothing; a right one has left a Move or no trace."""
        self.clock.tick(seconds=1)
        moves = TABLES.index("move")
        refused = self.refusal_of(step)
        after = see(self.connection)
        if refused is not None:
            self.refused[name] += 1
            assert str(refused).endswith((".", ":")), refused
            assert after == self.before, f"{name} was refused and yet changed something"
            return
        assert after[moves][: len(self.before[moves])] == self.before[moves], "a Move was altered"
        if name in LIFECYCLE or after != self.before:
            assert len(after[moves]) > len(self.before[moves]), f"{name} left no Move"
        self.taken[name] += 1
        self.before = after
        self.look()

    def refusal_of(self, step: Step) -> RatchetError | None:
        try:
            step(self)
        except RatchetError as error:
            return error
        return None

    def look(self) -> None:
        """What holds after every step: a position that is possible, told by the Moves, and earned."""
        with self.begin.sessions() as session:
            row = session.scalars(select(Incident).where(Incident.number == self.number)).one()
            at = row.position
            self.reached.add((at.stage, at.state))
            assert at.state in ("active", "blocked") or at.is_closed
            teeth = rail(at, criteria.moves_of(session, row.id))
            assert teeth[at.number - 1].state == at.state
            for tooth in teeth[: min(at.number - 1, 5)]:
                missing = [] if tooth.state == "skipped" else criteria.missing(session, row, tooth.stage.key)
                assert tooth.state in ("done", "skipped"), tooth
                assert not missing, f"{tooth.stage.title} is complete without {missing}"

    def at(self) -> Position:
        with self.begin.sessions() as session:
            return session.scalars(select(Incident).where(Incident.number == self.number)).one().position

    # Steps

    def who(self) -> str:
        return self.chance.choice(list(ROLES))

    def move(self) -> tuple[str, Step]:
        """One of the five steps of the lifecycle, mostly wrong ones."""
        verb = self.chance.choice(LIFECYCLE)
        stage = self.at().stage if self.chance.random() < 0.3 else self.chance.choice((*KEYS, "retro"))
        how = {} if verb in ("advance", "unblock") else {"why": self.chance.choice(REASONS)}
        by = self.who()
        number = self.number if self.chance.random() < 0.97 else 4_711
        return verb, lambda walk: walk.cast.do(getattr(lifecycle, verb), number, stage, by=by, **how)

    def entry(self) -> tuple[str, Step]:
        """Something is typed into a form, perhaps on an old version, perhaps too little."""
        kind = self.chance.choice(("edit", "resolution", "review", "remediation", "item", "analysis", "practice"))
        by, is_whole = self.who(), self.chance.random() < 0.7
        return kind, lambda walk: FORMS[kind](walk, by, is_whole)

    def version(self, table: str) -> int:
        """Mostly the version that is stored, sometimes an old one."""
        row = self.connection.exec_driver_sql(f"select max(version) from {table}").scalar() or 0
        return row if self.chance.random() < 0.85 else max(row - 1, 0)


def _edit(walk: Walk, by: str, is_whole: bool) -> Any:
    told = incident.Told(
        title=walk.chance.choice(("Checkout is down", "Checkout is slow")),
        severity=walk.chance.choice(("SEV2", "SEV3", "SEV4")) if is_whole else None,
        service_ids=[walk.cast.services["cart"]] if is_whole else [], commander_id=walk.cast.id("Ana"),
    )  # fmt: skip
    return walk.cast.do(incident.edit, walk.number, told, version=walk.version("incident"), by=by)


def _resolution(walk: Walk, by: str, is_whole: bool) -> Any:
    told = resolved(walk.cast.now, how_resolved="Rolled back." if is_whole else "")
    return walk.cast.do(resolution.save, walk.number, told, version=walk.version("resolution"), by=by)


def _review(walk: Walk, by: str, is_whole: bool) -> Any:
    told = reviewed(walk.cast.id("Ben"), walk.cast.now, factors=[("scale", "One pool.")] if is_whole else [])
    return walk.cast.do(review.save, walk.number, told, version=walk.version("review"), by=by)


def _remediation(walk: Walk, by: str, is_whole: bool) -> Any:
    because = "Mended." if is_whole else ""
    version = walk.version("remediation")
    return walk.cast.do(remediation.save_none_needed, walk.number, because, version=version, by=by)


def _item(walk: Walk, by: str, is_whole: bool) -> Any:
    numbers = walk.connection.exec_driver_sql("select number from action_item").scalars().all()
    if numbers and walk.chance.random() < 0.8:
        verb = walk.chance.choice(("finish", "verify", "drop", "resume"))
        why = walk.chance.choice(REASONS)
        return walk.cast.do(remediation.step, walk.chance.choice(numbers), verb, why=why, by=by)
    told = remediation.Told(
        title="Limit the pool", owner_id=walk.cast.id("Ana"), priority="must" if is_whole else "could", kind="prevent",
        due_on=(walk.cast.now + timedelta(days=9)).date(),
    )  # fmt: skip
    return walk.cast.do(remediation.add, walk.number, told, by=by)


def _analysis(walk: Walk, by: str, is_whole: bool) -> Any:
    ids = walk.connection.exec_driver_sql("select id from practice").scalars().all()
    told = analysis.Told(
        new_pattern="Retry storm", decision=walk.chance.choice(("new", "known", "none", "")),
        reason="It helps." if is_whole else "", practice_ids=ids[:1] if is_whole else [],
    )  # fmt: skip
    return walk.cast.do(analysis.save, walk.number, told, version=walk.version("analysis"), by=by)


def _practice(walk: Walk, by: str, is_whole: bool) -> Any:
    numbers = walk.connection.exec_driver_sql("select number from practice").scalars().all()
    if numbers and walk.chance.random() < 0.8:
        number = walk.chance.choice(numbers)
        return walk.cast.do(best_practice.accept, number, version=1, by=by)
    told = best_practice.Told(statement="Calls have timeouts", why="One hung.", area="scale")
    return walk.cast.do(best_practice.propose, told, by=by, incident_number=walk.number)


FORMS: dict[str, Callable[[Walk, str, bool], Any]] = {
    "edit": _edit, "resolution": _resolution, "review": _review, "remediation": _remediation, "item": _item,
    "analysis": _analysis, "practice": _practice,
}  # fmt: skip


def walks(
    connection: Connection, begin: UnitOfWork, clock: Any, chance: Random, steps: Callable[[Walk], None],
    go_on: Callable[[Sequence[Walk]], bool],
) -> list[Walk]:  # fmt: skip
    """Walk after walk, each taken back afterwards, for as long as it is asked for."""
    done: list[Walk] = []
    while go_on(done):
        with connection.begin_nested() as savepoint:
            inner = sessionmaker(
                connection, class_=Session, join_transaction_mode="create_savepoint", expire_on_commit=False,
                autoflush=False,
            )  # fmt: skip
            walk = Walk(connection, UnitOfWork(inner, begin.policy, begin.chain, begin.announce), clock, chance)
            steps(walk)
            done.append(walk)
            savepoint.rollback()
    return done


__all__ = ["LIFECYCLE", "Walk", "see", "walks"]
