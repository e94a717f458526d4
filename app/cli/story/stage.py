"""The stage on which the story is played: who and what there is, and acts that are played in the order of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from app.cli.story.calendar import Calendar
from app.domain.people import Actor
from app.workflow.report_due import Memory
from app.workflow.unit_of_work import Work

Act = Callable[[Work, datetime], object]


@dataclass
class Stage:
    """What exists so far, by the keys of the story; and what is still to be played."""

    calendar: Calendar
    chance: Random
    actors: dict[str, Actor] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)
    patterns: dict[str, int] = field(default_factory=dict)
    practices: dict[str, int] = field(default_factory=dict)  # numbers
    practice_ids: dict[str, int] = field(default_factory=dict)
    checks: dict[str, int] = field(default_factory=dict)
    incidents: dict[str, int] = field(default_factory=dict)  # numbers
    reports: Memory = field(default_factory=Memory)
    acts: list[tuple[datetime, int, Act]] = field(default_factory=list)

    def play(self, at: datetime, act: Act) -> None:
        """One transaction, played when its time comes. What is planned first goes first in the same second."""
        if at > self.calendar.now:
            raise ValueError(f"the story reaches {at}, beyond now")
        self.acts.append((at, len(self.acts), act))

    def in_order(self) -> list[tuple[datetime, Act]]:
        return [(at, act) for at, _, act in sorted(self.acts, key=lambda each: each[:2])]

    def actor(self, key: str) -> Actor:
        return self.actors[key]

    def person_id(self, key: str) -> int:
        found = self.actors[key].id
        assert found is not None
        return found

    def service_ids(self, names: str) -> list[int]:
        return [self.services[each] for each in names.split()]
