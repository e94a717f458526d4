"""The only commit. A change, its Move and the messages that it causes are one transaction, or nothing happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import NotFound
from app.domain.events import Event
from app.domain.lifecycle import Policy
from app.models.base import Base
from app.models.counter import private_number

Row = TypeVar("Row", bound=Base)
Told = TypeVar("Told", bound=Event)
Reaction = Callable[["Work", Event], None]
Announce = Callable[["Work", Event], None]


@dataclass
class Work:
    """One transaction in progress: where steps load from, and whom they tell."""

    session: Session
    policy: Mapping[str, Policy]
    private_number: Callable[[], int] = private_number
    told: list[Event] = field(default_factory=list)
    _taken: set[int] = field(default_factory=set)

    def tell(self, event: Event) -> None:
        """Say what has happened. Heard before the commit: by the chain, and by the outbox."""
        self.told.append(event)

    def take(self, kind: type[Told]) -> list[Told]:
        """All events of a kind that nobody has taken yet: for a reaction that deals with many at once."""
        found = [each for each in self.told if isinstance(each, kind) and id(each) not in self._taken]
        self._taken.update(map(id, found))
        return found

    def get(self, kind: type[Row], key: int) -> Row:
        """A row, locked until the commit so that two people never decide on the same one at once. NotFound."""
        row = self.session.get(kind, key, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound(f"There is no such {kind.__name__.lower()}.")
        return row


@dataclass(frozen=True)
class UnitOfWork:
    """`with begin() as work:` commits at the end, or rolls everything back when the step refuses."""

    sessions: sessionmaker[Session]
    policy: Mapping[str, Policy]
    chain: Mapping[type[Event], Sequence[Reaction]]
    announce: Announce
    private_number: Callable[[], int] = private_number  # a test, or the demo's story, hands in its own

    @contextmanager
    def __call__(self) -> Iterator[Work]:
        with self.sessions() as session, session.begin():
            work = Work(session, self.policy, self.private_number)
            yield work
            self._hear(work)

    def _hear(self, work: Work) -> None:
        heard = 0
        while heard < len(work.told):  # a reaction may tell of something itself
            event = work.told[heard]
            heard += 1
            for react in self.chain.get(type(event), ()):
                react(work, event)
            self.announce(work, event)
