"""Which of many known lessons most likely fits an incident that has only been declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.models.catalog import Service
from app.models.incident import Incident
from app.queries import likeness
from app.queries.known import Learned, Rule
from app.queries.lesson import Lesson
from app.queries.recurrence import Stood

SHOWN_MAX = 5
NUMBERS_MAX = 3  # incidents that a sentence names; the others are counted
NEAREST_MAX = 60  # practices whose incidents are looked into: beyond them the words of the rule alone must lead there
WORD_POINTS, SERVICE_POINTS = 2, 3
NOTHING = Learned()


@dataclass(frozen=True)
class Candidate:
    """A practice that was known at the start. `pattern` is its name, if the reader may know of it."""

    rule: Rule
    is_same_pattern: bool
    started_at: datetime
    pattern: str = ""

    @property
    def says(self) -> list[str]:
        return [self.rule.statement, self.pattern]


Found = Sequence[tuple[Service, Stood]]


def nearest(incident: Incident, known: Mapping[int, Candidate], found: Found) -> set[int]:
    """The practices that are worth a look at where they come from: by their own words, then must, then the newest."""
    asked = {stood.rule.id for _, stood in found}
    if len(asked) <= NEAREST_MAX:
        return asked
    shared = _shared(incident, known, found, {})

    def order(key: int) -> tuple[Any, ...]:
        of = known[key]
        return not of.is_same_pattern, -len(shared[key].words), of.rule.level != "must", -of.rule.number

    return set(sorted(asked, key=order)[:NEAREST_MAX])


@dataclass(frozen=True)
class Ranked:
    """One service on one practice, and what speaks for it."""

    service: Service
    stood: Stood
    alike: list[str]
    is_likely: bool

    def lesson(self, learned: Mapping[int, Learned]) -> Lesson:
        return lesson(
            self.service.name, self.service.title, self.stood, learned.get(self.stood.rule.id), alike=self.alike,
            is_likely=self.is_likely,
        )  # fmt: skip


def ranked(
    incident: Incident, known: Mapping[int, Candidate], found: Found, learned: Mapping[int, Learned]
) -> list[Ranked]:
    """Everything that may be told, the most relevant first."""
    shared = _shared(incident, known, found, learned)
    told = []
    for service, stood in found:
        about, alike = known[stood.rule.id], shared[stood.rule.id]
        origins = learned.get(stood.rule.id, NOTHING).newest
        is_likely = about.is_same_pattern or alike.is_enough
        if not origins and not is_likely:
            continue  # no incident that this reader knows of has taught it, and nothing says that it fits
        points = WORD_POINTS * len(alike.words) + SERVICE_POINTS * any(each.is_same_service for each in origins)
        minutes = sum(each.customer_minutes or 0 for each in origins)
        order = (
            not about.is_same_pattern, not is_likely, -points, about.rule.level != "must", service.tier, -minutes,
            about.rule.number, service.name,
        )  # fmt: skip
        told.append((order, Ranked(service, stood, alike.words, is_likely)))
    return [each for _, each in sorted(told, key=lambda each: each[0])]


def lesson(service: str, title: str, stood: Stood, learned: Learned | None, **more: Any) -> Lesson:
    """One service on one practice, with where it was learned."""
    origins = learned or NOTHING
    return Lesson(
        service=service, service_title=title, practice_number=stood.rule.number, statement=stood.rule.statement,
        level=stood.rule.level, standing=stood.standing, since=stood.since,
        learned_from=origins.taught[:NUMBERS_MAX],
        learned_more=max(0, origins.count - NUMBERS_MAX), **more,
    )  # fmt: skip


def _shared(
    incident: Incident, known: Mapping[int, Candidate], found: Found, learned: Mapping[int, Learned]
) -> dict[int, likeness.Shared]:
    said = {
        stood.rule.id: [*known[stood.rule.id].says,
                        *(each.title for each in learned.get(stood.rule.id, NOTHING).newest)]
        for _, stood in found
    }  # fmt: skip
    return likeness.shared(
        [incident.title, *incident.labels], incident.description, said,
        kin={key: known[key].rule.pattern_id for key in said},
        leaving_out=[word for service, _ in found for word in (service.name, service.title)],
    )  # fmt: skip
