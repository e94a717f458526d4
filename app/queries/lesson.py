"""The shape of what was known: plain values for pages, messages and the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.domain import recurrence as rules
from app.domain.adoption import ADOPTED


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """Where one affected service stood on one known practice when the incident started. `learned_from` are the newest
    numbers, and `learned_more` how many others there are, of incidents that the reader may know of. `alike` are the
    words in common; `is_likely` where there are such, or the pattern is the same."""

    service: str
    service_title: str
    practice_number: int
    statement: str
    level: str
    standing: str
    since: datetime | None
    learned_from: list[int] = field(default_factory=list)
    learned_more: int = 0
    alike: list[str] = field(default_factory=list)
    is_likely: bool = False

    @property
    def practice(self) -> str:
        return f"BP-{self.practice_number}"

    @property
    def stood(self) -> str:
        """ "had not adopted" """
        return rules.STOOD[self.standing]

    @property
    def words(self) -> str:
        """ "checkout had not adopted BP-5, learned from INC-12 and INC-31." """
        return rules.sentence(self.service, self.practice, self.standing, self.learned_from, self.learned_more)


class Lessons(list[Lesson]):
    """The most relevant lessons; `more` is how many others there are."""

    more = 0


@dataclass(frozen=True)
class Met:
    """The verdict of one affected service, and the lessons behind it; `also`: what this very incident has linked."""

    service: str
    title: str
    verdict: str
    lessons: list[Lesson]
    also: list[Lesson]

    @property
    def words(self) -> str:
        """The sentence where there is no lesson to say it."""
        return "" if self.lessons else f"No practice against this pattern was known for {self.service}."


@dataclass(frozen=True)
class Earlier:
    """An earlier incident of the pattern."""

    number: int
    title: str
    is_private: bool
    declared_at: datetime


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """The verdict of an incident whose pattern is named. `earlier` are the newest of `earlier_count` incidents."""

    pattern_id: int
    pattern: str
    started_at: datetime
    verdict: str
    services: list[Met]
    earlier: list[Earlier]
    earlier_count: int

    @property
    def not_enough(self) -> list[Lesson]:
        """The practices that a service had adopted, and nothing else known would have met it: one lesson for each."""
        found: dict[int, Lesson] = {}
        for service in self.services:
            if service.verdict == rules.ADOPTED_YET:
                for each in service.lessons:
                    if each.standing == ADOPTED:
                        found.setdefault(each.practice_number, each)
        return list(found.values())
