"""Practices as rules that can be applied to services: the selector, the active checks, and how they combine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.adoption import DOES_NOT_APPLY, Cell, Observed
from app.domain.automation import ACTIVE_CHECK, FACTS, PASS
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice
from app.queries.verdicts import Subject, judge_facts

MESSAGE_MAX = 1_000


@dataclass(frozen=True)
class Rule:
    """One practice with the checks that count. `is_adopted`: its target is reached at the moment."""

    practice_id: int
    selector: str
    combine: str
    is_adopted: bool
    checks: Sequence[Check]


class Found(NamedTuple):
    """One cell: where it stands, what that rests on, and what time alone will make of it."""

    standing: str
    message: str
    due_at: datetime | None = None
    due_standing: str | None = None
    later: list[list[str]] | None = None


Seen = Mapping[tuple[int, int], Evidence]  # by check and service


def rules(session: Session, practices: Sequence[Practice], adopted: str) -> list[Rule]:
    """The practices as rules; one query."""
    checks: dict[int, list[Check]] = {each.id: [] for each in practices}
    active = select(Check).where(Check.practice_id.in_(checks), Check.state == ACTIVE_CHECK).order_by(Check.id)
    for check in session.scalars(active):
        checks[check.practice_id].append(check)
    return [Rule(each.id, each.selector, each.combine, each.state == adopted, checks[each.id]) for each in practices]


class Judge:
    """Says where services stand at one instant. Cells that are alike have the same future: it is computed once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._courses: dict[tuple[str, datetime | None, int], Found] = {}

    def __call__(self, rule: Rule, on: Subject, seen: Seen, exempt_until: datetime | None) -> Found:
        does_apply = on.applies(rule.selector)
        if does_apply is False:
            return _NOWHERE
        if does_apply is None:
            told = self._found(Cell(None, (), exempt_until, rule.combine), "The selector fails on this service.")
        elif len(rule.checks) == 1 and rule.checks[0].kind == FACTS and exempt_until is None:
            told = self._by_facts(rule.checks[0], on)
        else:
            told = self._by_all(rule, on, seen, exempt_until)
        return told

    def _by_facts(self, check: Check, on: Subject) -> Found:
        """Nearly every cell: one check over facts."""
        result, message, at = judge_facts(check.expression, on)
        alike = (result, at, check.freshness_days)
        if alike not in self._courses:
            observed = Observed(result, at, check.freshness_days) if at else None
            self._courses[alike] = self._found(Cell(True, [observed]), "")
        course = self._courses[alike]
        return Found(course[0], message, course[2], course[3], course[4])

    def _by_all(self, rule: Rule, on: Subject, seen: Seen, exempt_until: datetime | None) -> Found:
        observed: list[Observed | None] = []
        messages = []
        for check in rule.checks:
            result, message, at = self._look(check, on, seen)
            observed.append(Observed(result, at, check.freshness_days) if at else None)
            if message and (result != PASS or len(rule.checks) == 1):
                messages.append(message)
        return self._found(Cell(True, observed, exempt_until, rule.combine), "; ".join(messages)[:MESSAGE_MAX])

    def _look(self, check: Check, on: Subject, seen: Seen) -> tuple[str, str, datetime | None]:
        if check.kind == FACTS:
            return judge_facts(check.expression, on)
        last = seen.get((check.id, on.id))
        return (last.result, last.message, last.at) if last else ("", "No evidence has come in yet.", None)

    def _found(self, cell: Cell, message: str) -> Found:
        here, ahead = cell.course(self.now)
        if not ahead:
            return Found(here, message)
        (due_at, then), later = ahead[0], [[at.isoformat(), standing] for at, standing in ahead[1:]]
        return Found(here, message, due_at, then, later or None)


_NOWHERE = Found(DOES_NOT_APPLY, "")
