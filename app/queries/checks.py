"""Checks for pages: those of practices, and what one would say about every service before anybody is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import cel
from app.domain.automation import ERROR, FACTS, FAIL, PASS
from app.domain.errors import NotFound
from app.models.automation import Check
from app.models.best_practice import Practice
from app.queries.verdicts import Subject, applies, verdict

EVERY_SERVICE = "true"


@dataclass(frozen=True)
class Reach:
    """The services that a selector means now, and those on which it fails: whether it applies there is unknown."""

    services: Sequence[Subject]
    failing: Sequence[str]
    out_of: int


@dataclass(frozen=True)
class Verdict:
    """What a facts check says: name and message of each service, by result."""

    by_result: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Failures first: they are what a person looks for."""
        return [(each, self.by_result.get(each, [])) for each in (FAIL, ERROR, PASS)]

    @property
    def total(self) -> int:
        return sum(len(each) for each in self.by_result.values())


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


def try_out(expression: str, on: Reach) -> Verdict:
    """The verdict of a facts check on every service it applies to. Nothing is saved."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in on.services:
        result, message = verdict(expression, each)
        found.setdefault(result, []).append((each.name, message))
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


def is_tried(check: Check) -> bool:
    """Only a facts check can be tried out: the others wait for people."""
    return check.kind == FACTS
