"""Practices as rules that can be applied to services: the selector, the active checks, and how they combine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import cel
from app.domain.adoption import DOES_NOT_APPLY, Cell, Observed
from app.domain.automation import ACTIVE_CHECK, ERROR, FACTS, FAIL, PASS
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


Look = tuple[str, str, datetime | None]  # result, words, when it was seen


class Judge:
    """Says where services stand at one instant. Cells that are alike have the same future: it is computed once."""

    def __init__(self, now: datetime, on: Sequence[Subject]) -> None:
        self.now = now
        self.on = on
        self._applies: dict[str, list[bool | None]] = {}
        self._courses: dict[tuple[Any, ...], Found] = {}  # by the evidence that they rest on
        self._futures: dict[int, dict[str, dict[datetime | None, Found]]] = {}  # by freshness, result, instant
        self._sizes = [max((getattr(each.values, size) for each in on), default=0) for size in cel.SIZES]

    def column(self, rule: Rule, seen: Seen, excused: Mapping[int, datetime]) -> list[Found]:
        """Every service on one rule, in their order. `excused`: until when, by service."""
        applies = self._applies.get(rule.selector)
        if applies is None:
            applies = self._applies[rule.selector] = [each.applies(rule.selector) for each in self.on]
        expressions = self._expressions(rule) if not excused else []
        if len(expressions) == 1:
            return self._by_one_expression(rule.checks[0], expressions[0], applies)
        if expressions:
            return self._by_expressions(rule, expressions, applies)
        return [
            self._one(rule, subject, does, seen, excused.get(subject.id))
            for subject, does in zip(self.on, applies, strict=True)
        ]

    def _expressions(self, rule: Rule) -> list[cel.Expression]:
        """The expressions of a rule that rests on nothing else, if they are bounded on the facts of all services."""
        if any(check.kind != FACTS for check in rule.checks):
            return []
        try:
            found = [cel.read(check.expression) for check in rule.checks]
        except Refused:  # the bounds are narrower than when it was written
            return []
        return found if all(each.is_bounded(*self._sizes) for each in found) else []

    # Nearly every cell there is goes through the next three: two million take seconds, so nothing is done here twice,
    # and what is given back are bare tuples, because naming their fields takes longer than all the rest.

    def _by_one_expression(
        self, check: Check, expression: cel.Expression, applies: Sequence[bool | None]
    ) -> list[Found]:
        futures = self._futures.setdefault(check.freshness_days, {PASS: {}, FAIL: {}, ERROR: {}})
        found: list[Sequence[Any]] = []
        for look in self._looks(check, expression, applies):
            if look is None:
                found.append(_NOWHERE)
                continue
            result, words, at = look
            course = futures[result].get(at)
            if course is None:
                course = futures[result][at] = self._course(result, at, check.freshness_days)
            found.append((course[0], words, course[2], course[3], course[4]))
        return self._with_failing_selectors(found, applies)

    def _by_expressions(
        self, rule: Rule, expressions: Sequence[cel.Expression], applies: Sequence[bool | None]
    ) -> list[Found]:
        columns = [self._looks(*each, applies) for each in zip(rule.checks, expressions, strict=True)]
        found: list[Sequence[Any]] = []
        for looks in zip(*columns, strict=True):
            if looks[0] is None:
                found.append(_NOWHERE)
                continue
            seen = cast(Sequence[Look], looks)
            course = self._combined(rule, seen)
            found.append((course[0], _words(seen), course[2], course[3], course[4]))
        return self._with_failing_selectors(found, applies)

    def _looks(self, check: Check, expression: cel.Expression, applies: Sequence[bool | None]) -> list[Look | None]:
        """Result, words and instant of one expression on each service; None where the rule does not apply. The same
        facts give the same result: most services are alike, and the expression runs once for all that are."""
        read = expression.facts_read
        is_alike, only = expression.is_of_facts_alone and read is not None, (read or ("",))[0]
        is_single = is_alike and read is not None and len(read) == 1
        known: dict[Any, Look] = {}
        found: list[Look | None] = []
        for subject, does in zip(self.on, applies, strict=True):
            if not does:
                found.append(None)
                continue
            said, at = subject.said, None
            if is_single:
                alike: Any = said.get(only)
                at = subject.seen_at.get(only)
            else:
                alike = tuple(map(said.get, read)) if is_alike and read is not None else subject.id
            look = known.get(alike) if subject.reported_at is not None else None
            if look is None:
                look = judge_facts(check.expression, subject)
                if subject.reported_at is not None:
                    known[alike] = look
            elif look[0] != ERROR:
                look = (look[0], look[1], at or subject.behind(read)[1])
            found.append(look)
        return found

    def _combined(self, rule: Rule, looks: Sequence[Look]) -> Found:
        """What becomes of a cell that rests on these results: the same for all that were seen at the same instants."""
        alike = (rule.combine, *[(look[0], look[2]) for look in looks], *[each.freshness_days for each in rule.checks])
        known = self._courses.get(alike)
        if known is None:
            observed = [
                Observed(result, at, check.freshness_days) if at else None
                for (result, _, at), check in zip(looks, rule.checks, strict=True)
            ]
            known = self._courses[alike] = self._found(Cell(True, observed, None, rule.combine), "")
        return known

    def _with_failing_selectors(self, found: list[Sequence[Any]], applies: Sequence[bool | None]) -> list[Found]:
        if None in applies:
            for at, does in enumerate(applies):
                if does is None:
                    found[at] = self._selector_fails(None)
        return cast(list[Found], found)

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
        looks = [self._look(check, on, seen) for check in rule.checks]
        observed = [
            Observed(result, at, check.freshness_days) if at else None
            for (result, _, at), check in zip(looks, rule.checks, strict=True)
        ]
        return self._found(Cell(True, observed, exempt_until, rule.combine), _words(looks))

    def _look(self, check: Check, on: Subject, seen: Seen) -> Look:
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


def _words(looks: Sequence[Look]) -> str:
    """What stands against it, or what the only check rests on."""
    if len(looks) == 1:
        return looks[0][1]
    return "; ".join(words for result, words, _ in looks if words and result != PASS)[:MESSAGE_MAX]


_NOWHERE = Found(DOES_NOT_APPLY, "")
