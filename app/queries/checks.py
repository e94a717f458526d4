"""Checks for pages: those of practices, and what one would say about every service before anybody is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import cel
from app.domain.adoption import CLOCK_SKEW, DOES_NOT_APPLY
from app.domain.automation import ERROR, FACTS, FAIL, NOT_APPLICABLE, PASS
from app.domain.errors import NotFound
from app.models.adoption import Standing
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.queries.verdicts import Subject, applies, judge_facts

EVERY_SERVICE = "true"
NOTHING = "nothing"  # no evidence yet, or none that is fresh: unknown, which is neither pass nor fail
Latest = Mapping[tuple[int, int], Evidence]


NAMED_MAX = 40  # names of services on a page; the rest is counted


@dataclass(frozen=True)
class Reach:
    """The services that a selector means now, and those on which it fails: whether it applies there is unknown."""

    services: Sequence[Subject]
    failing: Sequence[str]
    out_of: int

    @property
    def count(self) -> int:
        return len(self.services)

    @property
    def named(self) -> list[str]:
        """The first of their names."""
        return [each.name for each in self.services[:NAMED_MAX]]


@dataclass(frozen=True)
class Measured:
    """Whom a practice that machines measure means, as its standings say: nothing is evaluated for it."""

    named: Sequence[str]
    count: int
    out_of: int
    failing: Sequence[str] = ()


def measured(session: Session, practice_id: int) -> Measured:
    """The services on which a practice has a standing; two queries."""
    of = (Standing.practice_id == practice_id, Standing.standing != DOES_NOT_APPLY, ~Service.is_retired)
    joined = select(Service.name).join(Standing, Standing.service_id == Service.id).where(*of)
    count, out_of = session.execute(
        select(
            select(func.count()).select_from(joined.subquery()).scalar_subquery(),
            select(func.count()).select_from(Service).where(~Service.is_retired).scalar_subquery(),
        )
    ).one()
    named = session.scalars(joined.order_by(Service.tier, Service.name).limit(NAMED_MAX)).all()
    return Measured(named, count, out_of)


@dataclass(frozen=True)
class Seen:
    """What one check says about one service now; `at` is when that was seen, None where nothing was."""

    result: str
    message: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """What a check says: name and message of each service, by result."""

    by_result: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Failures first: they are what a person looks for."""
        return [(each, self.by_result.get(each, [])) for each in (FAIL, ERROR, NOTHING, NOT_APPLICABLE, PASS)]

    @property
    def total(self) -> int:
        return sum(len(each) for each in self.by_result.values())

    def count(self, *results: str) -> int:
        """How many services have one of these results."""
        return sum(len(self.by_result.get(each, ())) for each in results)


def read_selector(text: str) -> str:
    """A selector that was typed. Refused: it cannot be read, and where."""
    return cel.read(text.strip() or EVERY_SERVICE, "selector").text


def read_expression(text: str) -> str:
    """The expression of a facts check that was typed. Refused: it cannot be read, and where."""
    return cel.read(text.strip(), "expression").text


def reach(selector: str, among: Sequence[Subject]) -> Reach:
    """Whom a selector means, among the services in use."""
    answers = [(each, applies(selector, each)) for each in among]
    return Reach(
        [each for each, does in answers if does], [each.name for each, does in answers if does is None], len(among)
    )


def see(check: Check, on: Subject, latest: Latest, now: datetime) -> Seen:
    """What a check says about one service: by its facts, or by the evidence that it has so far."""
    if check.kind == FACTS:
        if on.reported_at is None:
            return Seen(NOTHING, "The service has not reported any facts.")
        found = Seen(*judge_facts(check.expression, on))
    else:
        last = latest.get((check.id, on.id))
        if last is None:
            return Seen(NOTHING, "Nothing has come in yet.")
        found = Seen(last.result, last.message, last.at)
    if found.at is None:
        return found
    if now >= found.at + timedelta(days=check.freshness_days):
        return Seen(NOTHING, f"What is known is older than {check.freshness_days} days.", found.at)
    if found.at - now > CLOCK_SKEW:
        return Seen(NOTHING, "It was seen in the future: the clock of whoever reported it is wrong.", found.at)
    return found


def try_out(check: Check, on: Reach, latest: Latest, now: datetime) -> Verdict:
    """What a check would say about every service it applies to. Nothing is saved, nobody is told."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in on.services:
        seen = see(check, each, latest, now)
        found.setdefault(seen.result, []).append((each.name, seen.message))
    return Verdict(found)


def of_practices(session: Session, practice_ids: Sequence[int]) -> dict[int, list[Check]]:
    """The checks of some practices, by practice, oldest first."""
    found: dict[int, list[Check]] = {each: [] for each in practice_ids}
    for check in session.scalars(select(Check).where(Check.practice_id.in_(practice_ids)).order_by(Check.id)):
        found[check.practice_id].append(check)
    return found


def find(session: Session, practice_number: int, check_id: int) -> Check:
    """A check of this practice. NotFound: there is none, or it is of another practice."""
    check = session.scalar(
        select(Check)
        .join(Practice, Practice.id == Check.practice_id)
        .where(Check.id == check_id, Practice.number == practice_number)
    )
    if check is None:
        raise NotFound(f"BP-{practice_number} has no such check.")
    return check
