"""Where services stand on rules at one instant: the careful way for a few cells, the quick way for a million.

The quick way rests on this: the same facts give the same result, so an expression runs once for all services that are
alike; and what becomes of a cell by time depends only on the result and on when it was seen. Nothing is done twice, and
cells are bare tuples (`Found`), because naming their fields takes longer than all the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from app import cel
from app.domain.adoption import Cell, Observed
from app.domain.automation import ERROR, FACTS, PASS
from app.domain.errors import Refused
from app.models.automation import Check
from app.queries.rules import Found, Rule, Seen
from app.queries.verdicts import Subject, judge_facts

MESSAGE_MAX = 1_000
Look = tuple[str, str, datetime | None]  # result, words, when it was seen
SELECTOR_FAILS = "The selector fails on this service."
NO_EVIDENCE = "No evidence has come in yet."


@dataclass
class Meant:
    """Whom a selector means: ids in the order of the cells, first of services that report facts. `failing`: where it
    cannot tell."""

    ids: list[int] = field(default_factory=list)
    on: list[tuple[Mapping[str, str], Mapping[str, datetime], Subject]] = field(default_factory=list)
    silent: list[Subject] = field(default_factory=list)
    failing: list[Subject] = field(default_factory=list)

    @property
    def everybody(self) -> list[Subject]:
        return [*(each[2] for each in self.on), *self.silent]


class Judge:
    """Says where services stand at one instant."""

    def __init__(self, now: datetime, on: Sequence[Subject]) -> None:
        self.now = now
        self.on = on
        self._meant: dict[str, Meant] = {}
        self._courses: dict[tuple[Any, ...], Found] = {}  # by the evidence that they rest on
        self._futures: dict[tuple[Any, ...], dict[datetime | None, Found]] = {}  # by what they rest on, by instant
        self._sizes = [max((getattr(each.values, size) for each in on), default=0) for size in cel.SIZES]

    def column(self, rule: Rule, seen: Seen, excused: Mapping[int, datetime]) -> tuple[list[int], list[Found]]:
        """The services to which a rule applies, by id, and where each stands; it does not apply to the others.
        `excused`: until when, by service."""
        meant = self._whom(rule.selector)
        expressions = self._expressions(rule) if not excused else []
        if not expressions:
            found = [self._carefully(rule, each, seen, excused.get(each.id)) for each in meant.everybody]
        elif len(expressions) == 1:
            found = self._by_one(rule.checks[0], expressions[0], meant)
        else:
            found = self._by_several(rule, expressions, meant)
        ids = meant.ids
        if meant.failing:
            ids = [*ids, *(each.id for each in meant.failing)]
            found += [self._found(Cell(None, (), excused.get(each.id)), SELECTOR_FAILS) for each in meant.failing]
        return ids, found

    def _whom(self, selector: str) -> Meant:
        if selector not in self._meant:
            meant = self._meant[selector] = Meant()
            for each in self.on:
                does = each.applies(selector)
                if does is None:
                    meant.failing.append(each)
                elif does and each.reported_at is not None:
                    meant.on.append((each.said, each.seen_at, each))
                elif does:
                    meant.silent.append(each)
            meant.ids = [each.id for each in meant.everybody]
        return self._meant[selector]

    def _expressions(self, rule: Rule) -> list[cel.Expression]:
        """The expressions of a rule that rests on nothing else, if they are bounded on the facts of all services."""
        if any(check.kind != FACTS for check in rule.checks):
            return []
        try:
            found = [cel.read(check.expression) for check in rule.checks]
        except Refused:  # the bounds are narrower than when it was written
            return []
        return found if all(each.is_bounded(*self._sizes) for each in found) else []

    def _by_one(self, check: Check, expression: cel.Expression, meant: Meant) -> list[Found]:
        """One check over facts: nearly every cell there is."""
        read = expression.facts_read
        if not expression.is_of_facts_alone or read is None or len(read) != 1:
            return self._by_looks(check, self._looks(check, expression, meant))
        only, verdicts, found = read[0], dict[str | None, Any](), list[Any]()
        for said, seen_at, subject in meant.on:
            words = said.get(only)
            futures = verdicts.get(words)
            if futures is None:
                futures = verdicts[words] = self._verdict(check, subject, words)
            if type(futures) is Found:  # an error has no future, and no fact that is not there has an instant
                found.append(futures)
                continue
            at = seen_at.get(only)
            course = futures.get(at)
            if course is None:
                course = self._after(judge_facts(check.expression, subject), check.freshness_days)
                if words is None:
                    found.append(course)
                    continue
                futures[at] = course
            found.append((course[0], words, course[2], course[3], course[4]))
        return [*found, *(self._after(judge_facts(check.expression, each), 1) for each in meant.silent)]

    def _by_looks(self, check: Check, looks: Sequence[Look]) -> list[Found]:
        days, found = check.freshness_days, list[Any]()
        for look in looks:
            futures = self._futures.setdefault((look[0], days), {})
            course = futures.get(look[2])
            if course is None:
                course = futures[look[2]] = self._after((look[0], "", look[2]), days)
            found.append((course[0], look[1], course[2], course[3], course[4]))
        return cast(list[Found], found)

    def _verdict(self, check: Check, on: Subject, words: str | None) -> Any:
        """What follows from a fact in these words: an error for all that report it so, or a future by instant."""
        result, message, _at = judge_facts(check.expression, on)
        if result == ERROR:
            return self._after((result, message, None), check.freshness_days)
        return {} if words is None else self._futures.setdefault((result, check.freshness_days), {})

    def _by_several(self, rule: Rule, expressions: Sequence[cel.Expression], meant: Meant) -> list[Found]:
        columns = [self._looks(*each, meant) for each in zip(rule.checks, expressions, strict=True)]
        days = {check.freshness_days for check in rule.checks}
        of_results: dict[tuple[str, ...], dict[datetime | None, Found]] = {}
        found: list[Any] = []
        for looks in zip(*columns, strict=True):
            instants = {look[2] for look in looks if look[2] is not None}  # an error has none
            at, results = next(iter(instants), None), tuple([look[0] for look in looks])
            futures = of_results.get(results)
            if futures is None:
                futures = of_results[results] = self._futures.setdefault((rule.combine, *sorted(days), *results), {})
            is_one = len(days) == 1 and len(instants) <= 1
            course = futures.get(at) if is_one else self._combined(rule, looks, None)
            if course is None:
                course = futures[at] = self._ahead(rule, looks, at)
            found.append((course[0], _words(looks), course[2], course[3], course[4]))
        return cast(list[Found], found)

    def _ahead(self, rule: Rule, looks: Sequence[Look], at: datetime | None) -> Found:
        """What becomes of a cell that rests on results that were seen at one instant: all such cells have the same
        course, only at other times, so it is taken from one that is seen now."""
        days = rule.checks[0].freshness_days
        if at is None or not Observed("", at, days).is_fresh(self.now):
            return self._combined(rule, looks, None)
        alike = (rule.combine, days, *[look[0] for look in looks])
        course = self._courses.get(alike)
        if course is None:
            seen_now = [(look[0], "", self.now if look[2] else None) for look in looks]
            course = self._courses[alike] = self._combined(rule, seen_now, None)
        return _moved(course, at, days)

    def _looks(self, check: Check, expression: cel.Expression, meant: Meant) -> list[Look]:
        """Result, words and instant of one expression on each service that is meant."""
        read, known, found = expression.facts_read, dict[Any, Look](), list[Look]()
        is_alike = expression.is_of_facts_alone and read is not None
        only = read[0] if is_alike and read is not None and len(read) == 1 else None
        for said, seen_at, subject in meant.on:
            alike = said.get(only) if only else tuple(map(said.get, read or ())) if is_alike else subject.id
            look = known.get(alike)
            if look is None:
                look = known[alike] = judge_facts(check.expression, subject)
            elif look[0] != ERROR:
                look = (look[0], look[1], seen_at[only]) if only and alike else (look[0], *subject.behind(read))
            found.append(look)
        return [*found, *(judge_facts(check.expression, each) for each in meant.silent)]

    def _carefully(self, rule: Rule, on: Subject, seen: Seen, exempt_until: datetime | None) -> Found:
        looks = [self._look(check, on, seen) for check in rule.checks]
        return self._combined(rule, looks, exempt_until)._replace(message=_words(looks))

    def _look(self, check: Check, on: Subject, seen: Seen) -> Look:
        if check.kind == FACTS:
            return judge_facts(check.expression, on)
        last = seen.get((check.id, on.id))
        return (last.result, last.message, last.at) if last else ("", NO_EVIDENCE, None)

    def _after(self, look: Look, days: int) -> Found:
        """What becomes of a cell that rests on this one result; see `_ahead`."""
        result, words, at = look
        if at is None or not Observed(result, at, days).is_fresh(self.now):
            return self._found(Cell(True, [Observed(result, at, days) if at else None]), words)
        course = self._courses.get((result, days))
        if course is None:
            course = self._courses[(result, days)] = self._found(Cell(True, [Observed(result, self.now, days)]), "")
        return _moved(course, at, days, words)

    def _combined(self, rule: Rule, looks: Sequence[Look], exempt_until: datetime | None) -> Found:
        observed = [
            Observed(result, at, check.freshness_days) if at else None
            for (result, _, at), check in zip(looks, rule.checks, strict=True)
        ]
        return self._found(Cell(True, observed, exempt_until, rule.combine), "")

    def _found(self, cell: Cell, message: str) -> Found:
        here, ahead = cell.course(self.now)
        if not ahead:
            return Found(here, message)
        (due_at, then), later = ahead[0], [[at.isoformat(), standing] for at, standing in ahead[1:]]
        return Found(here, message, due_at, then, later or None)


def _moved(course: Found, at: datetime, days: int, words: str = "") -> Found:
    """The course of evidence that was seen at this instant, from the one of evidence that is seen now."""
    return Found(course[0], words, at + timedelta(days=days) if course[3] else None, course[3])


def _words(looks: Sequence[Look]) -> str:
    """What stands against it, or what the only check rests on."""
    if len(looks) == 1:
        return looks[0][1]
    return "; ".join(words for result, words, _ in looks if words and result != PASS)[:MESSAGE_MAX]
