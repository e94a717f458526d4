"""Practices as rules that can be applied to services: the selector, the active checks, and how they combine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import cel
from app.domain.adoption import DOES_NOT_APPLY, Cell, Observed
from app.domain.automation import ACTIVE_CHECK, FACTS, FAIL, PASS
from app.domain.errors import Refused
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

    def __init__(self, now: datetime, on: Sequence[Subject]) -> None:
        self.now = now
        self.on = on
        self._applies: dict[str, list[bool | None]] = {}
        self._courses: dict[tuple[str, datetime | None, int], Found] = {}
        values = [each.values for each in on]
        self._sizes = [max((getattr(each, size) for each in values), default=0) for size in cel.SIZES]

    def column(self, rule: Rule, seen: Seen, excused: Mapping[int, datetime]) -> list[Found]:
        """Every service on one rule, in their order. `excused`: until when, by service."""
        applies = self._applies.get(rule.selector)
        if applies is None:
            applies = self._applies[rule.selector] = [each.applies(rule.selector) for each in self.on]
        expression = self._plain(rule) if not excused else None
        if expression is not None:
            return self._by_one_expression(rule.checks[0], expression, applies)
        return [
            self._one(rule, subject, does, seen, excused.get(subject.id))
            for subject, does in zip(self.on, applies, strict=True)
        ]

    def _plain(self, rule: Rule) -> cel.Expression | None:
        """The expression of a rule that rests on nothing else, and that is bounded on the facts of all services."""
        if len(rule.checks) != 1 or rule.checks[0].kind != FACTS:
            return None
        try:
            expression = cel.read(rule.checks[0].expression)
        except Refused:  # the bounds are narrower than when it was written
            return None
        return expression if expression.is_bounded(*self._sizes) else None

    def _by_one_expression(
        self, check: Check, expression: cel.Expression, applies: Sequence[bool | None]
    ) -> list[Found]:
        """Nearly every cell there is: a million of them must take seconds, so nothing is done here twice."""
        execute, read, days = expression.program.execute, expression.facts_read, check.freshness_days
        courses, found = self._courses, []
        for subject, does in zip(self.on, applies, strict=True):
            if does is False:
                found.append(_NOWHERE)
                continue
            if does is None:
                found.append(self._selector_fails(None))
                continue
            try:
                result = PASS if execute(subject.values.context) else FAIL
            except cel.FAILURES:  # the careful way says it in words
                result = ""
            if not result or subject.reported_at is None:
                found.append(self._by_facts(check, subject))
                continue
            words, at = subject.behind(read)
            course = courses.get((result, at, days)) or self._course(result, at, days)
            found.append(Found(course[0], words, course[2], course[3], course[4]))
        return found

    def _one(
        self, rule: Rule, on: Subject, does_apply: bool | None, seen: Seen, exempt_until: datetime | None
    ) -> Found:
        if does_apply is False:
            return _NOWHERE
        if does_apply is None:
            return self._selector_fails(exempt_until)
        if len(rule.checks) == 1 and rule.checks[0].kind == FACTS and exempt_until is None:
            return self._by_facts(rule.checks[0], on)
        return self._by_all(rule, on, seen, exempt_until)

    def _selector_fails(self, exempt_until: datetime | None) -> Found:
        return self._found(Cell(None, (), exempt_until), "The selector fails on this service.")

    def _course(self, result: str, at: datetime | None, days: int) -> Found:
        """What becomes of a cell that rests on this one result."""
        observed = Observed(result, at, days) if at else None
        course = self._courses[(result, at, days)] = self._found(Cell(True, [observed]), "")
        return course

    def _by_facts(self, check: Check, on: Subject) -> Found:
        result, message, at = judge_facts(check.expression, on)
        course = self._courses.get((result, at, check.freshness_days)) or self._course(result, at, check.freshness_days)
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
