"""Where services stand on rules at one instant: the careful way for a few cells, by columns for a million.

The columns rest on this: services whose facts say the same in what a rule reads are one class, and an expression runs
once for a class; and evidence that was seen earlier has the same future, only earlier. So nothing is done twice, and
what is left to do for each cell is done by the loops inside Python's own functions (`map`, `zip`), not by ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from app import cel
from app.domain.adoption import Cell, Observed
from app.domain.automation import FACTS, PASS
from app.domain.errors import Refused
from app.models.automation import Check
from app.queries.rules import Found, Rule, Seen
from app.queries.verdicts import Subject, judge_facts

MESSAGE_MAX = 1_000
Look = tuple[str, str, datetime | None]  # result, words, when it was seen
SELECTOR_FAILS = "The selector fails on this service."
NO_EVIDENCE = "No evidence has come in yet."


@dataclass
class Column:
    """The cells of one practice: what `Found` says of each, field by field, and the services by id."""

    ids: list[int] = field(default_factory=list)
    standings: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    due_at: list[datetime | None] = field(default_factory=list)
    due_standings: list[str | None] = field(default_factory=list)
    later: list[list[list[str]] | None] = field(default_factory=list)

    def add(self, service_id: int, found: Found) -> None:
        self.ids.append(service_id)
        for each, value in zip(self._fields(), found, strict=True):
            each.append(value)

    def put(self, at: int, found: Found) -> None:
        """Instead of what is there."""
        for each, value in zip(self._fields(), found, strict=True):
            each[at] = value

    def cells(self) -> Iterator[tuple[int, Found]]:
        return zip(self.ids, map(Found, *self._fields()), strict=True)

    def _fields(self) -> tuple[list[Any], ...]:
        return self.standings, self.messages, self.due_at, self.due_standings, self.later


class _Course(NamedTuple):
    """What becomes of a cell whose facts are seen now. `is_more`: there is more to come than one change."""

    standing: str
    words: str
    after: timedelta | None
    due_standing: str | None
    is_more: bool


class Alike:
    """Services with columns of what they say, so that an expression runs once for all on which it must say the same."""

    def __init__(self, on: Sequence[Subject]) -> None:
        self.on = on
        self._columns: dict[tuple[str, str], list[Any]] = {}

    def classes(self, of: Sequence[cel.Expression]) -> Sequence[Any]:
        """For each service something that it shares with all on which these expressions must say the same."""
        facts, service = [each.facts_read for each in of], [each.service_read for each in of]
        if None in facts or None in service:
            return range(len(self.on))
        named = {("", key) for keys in facts for key in keys or ()}
        named |= {("service", key) for keys in service for key in keys or ()}
        columns = [self._columns.get(name) or self._column(*name) for name in sorted(named)]
        return columns[0] if len(columns) == 1 else [*zip(*columns, strict=True)] or [()] * len(self.on)

    def _column(self, of: str, key: str) -> list[Any]:
        told = [each.values.variables[of].get(key) if of else each.said.get(key) for each in self.on]
        self._columns[of, key] = told = [tuple(each) if type(each) is list else each for each in told]
        return told


class Meant(Alike):
    """Whom a selector means: `on` the services whose facts can be read, `odd` the others. `failing`: where the selector
    cannot tell."""

    def __init__(self, said: Iterable[tuple[bool | None, Subject]]) -> None:
        everybody = list(said)
        meant = [each for does, each in everybody if does]
        self.failing = [each for does, each in everybody if does is None]
        self.odd = [each for each in meant if each.reported_at is None or each.values.too_large]
        super().__init__([each for each in meant if each.reported_at is not None and not each.values.too_large])
        self.ids = [each.id for each in self.on]
        self._last = [cast(datetime, each.reported_at) for each in self.on]
        self._mixed = [at for at, each in enumerate(self.on) if each.oldest_at != each.reported_at]
        self._seen: dict[tuple[str, ...] | None, list[datetime]] = {}

    def seen(self, keys: tuple[str, ...] | None) -> list[datetime]:
        """When the oldest of these facts was seen, for each in `on`. Most report all their facts at once."""
        if not self._mixed:
            return self._last
        if keys not in self._seen:
            column = self._seen[keys] = list(self._last)
            for at in self._mixed:
                column[at] = cast(datetime, self.on[at].seen(keys))
        return self._seen[keys]


class Judge:
    """Says where services stand at one instant."""

    def __init__(self, now: datetime, on: Sequence[Subject]) -> None:
        self.now = now
        self.on = on
        self._meant: dict[str, Meant] = {}
        self._courses: dict[tuple[Any, ...], _Course] = {}  # by what they rest on
        self._due: dict[timedelta, _Later] = {}
        self._readable = Alike([each for each in on if not each.values.too_large])
        sizes = [[getattr(each.values, size) for each in self._readable.on] for size in cel.SIZES]
        self._sizes = [max(each, default=0) for each in sizes]

    def column(self, rule: Rule, seen: Seen, excused: Mapping[int, datetime]) -> Column:
        """Where the services stand to which a rule applies; it does not apply to the others. `excused`: until when, by
        service."""
        if rule.selector not in self._meant:
            self._meant[rule.selector] = self._whom(rule.selector)
        meant = self._meant[rule.selector]
        is_of_facts = not excused and all(check.kind == FACTS for check in rule.checks)
        expressions = self._read(check.expression for check in rule.checks) if is_of_facts else []
        column = self._by_classes(rule, expressions, meant) if expressions and meant.on else Column()
        for each in meant.odd if expressions else [*meant.on, *meant.odd]:
            column.add(each.id, self._carefully(rule, each, seen, excused.get(each.id)))
        for each in meant.failing:
            column.add(each.id, self._found(Cell(None, (), excused.get(each.id)), SELECTOR_FAILS))
        return column

    def _whom(self, selector: str) -> Meant:
        expressions = self._read([selector])
        if not expressions or len(self._readable.on) < len(self.on):
            return Meant((each.applies(selector), each) for each in self.on)
        classes = self._readable.classes(expressions)
        does = {alike: each.applies(selector) for alike, each in _one_of_each(classes, self.on).items()}
        return Meant(zip(map(does.__getitem__, classes), self.on, strict=True))

    def _read(self, texts: Iterable[str]) -> list[cel.Expression]:
        """The expressions, if they are bounded on what all services say."""
        try:
            found = [cel.read(each) for each in texts]
        except Refused:  # the bounds are narrower than when it was written
            return []
        return found if all(each.is_bounded(*self._sizes) for each in found) else []

    def _by_classes(self, rule: Rule, expressions: Sequence[cel.Expression], meant: Meant) -> Column:
        classes, instants = meant.classes(expressions), meant.seen(expressions[0].facts_read)
        courses = {alike: self._seen_now(rule, each) for alike, each in _one_of_each(classes, meant.on).items()}
        of = [courses[alike] for alike in classes]
        standings, messages, after, due_standings, is_more = map(list, zip(*of, strict=True))
        due_at = self._moved(after, instants)
        column = Column(list(meant.ids), standings, messages, due_at, due_standings, [None] * len(of))
        apart = {at for at, more in enumerate(is_more) if more} if any(is_more) else set()
        for other in (meant.seen(each.facts_read) for each in expressions[1:]):
            if other is not instants:
                apart.update(at for at, (one, two) in enumerate(zip(instants, other, strict=True)) if one != two)
        for at in apart | self._not_fresh(instants, min(check.freshness_days for check in rule.checks)):
            column.put(at, self._carefully(rule, meant.on[at], {}, None))
        return column

    def _seen_now(self, rule: Rule, on: Subject) -> _Course:
        looks = [judge_facts(check.expression, on) for check in rule.checks]
        rests_on = (
            rule.combine, *[check.freshness_days for check in rule.checks],
            *[(result, at is None) for result, _, at in looks],
        )  # fmt: skip
        course = self._courses.get(rests_on)
        if course is None:
            found = self._combined(rule, [(result, "", at and self.now) for result, _, at in looks], None)
            after = found.due_at - self.now if found.due_at else None
            course = _Course(found.standing, "", after, found.due_standing, found.later is not None)
            self._courses[rests_on] = course
        return _Course(course[0], _words(looks), *course[2:])

    def _moved(self, after: Sequence[timedelta | None], seen: Sequence[datetime]) -> list[datetime | None]:
        """So long after each was seen. There are few spans and instants: each sum is made once."""
        due = {span: self._due.setdefault(span, _Later(span)) for span in {*after} if span is not None}
        if len(due) != 1:
            return [None if span is None else due[span][at] for span, at in zip(after, seen, strict=True)]
        [sums] = [map(each.__getitem__, seen) for each in due.values()]
        return [sum_ if span else None for span, sum_ in zip(after, sums, strict=True)] if None in after else [*sums]

    def _not_fresh(self, seen: Sequence[datetime], days: int) -> set[int]:
        if all(Observed("", at, days).is_fresh(self.now) for at in (min(seen), max(seen))):
            return set()
        return {at for at, each in enumerate(seen) if not Observed("", each, days).is_fresh(self.now)}

    def _carefully(self, rule: Rule, on: Subject, seen: Seen, exempt_until: datetime | None) -> Found:
        looks = [self._look(check, on, seen) for check in rule.checks]
        return self._combined(rule, looks, exempt_until)._replace(message=_words(looks))

    def _look(self, check: Check, on: Subject, seen: Seen) -> Look:
        if check.kind == FACTS:
            return judge_facts(check.expression, on)
        last = seen.get((check.id, on.id))
        return (last.result, last.message, last.at) if last else ("", NO_EVIDENCE, None)

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


class _Later(dict[datetime, datetime]):
    """Instants that lie so much later than others."""

    def __init__(self, by: timedelta) -> None:
        super().__init__()
        self._by = by

    def __missing__(self, at: datetime) -> datetime:
        later = self[at] = at + self._by
        return later


def _one_of_each(classes: Sequence[Any], on: Sequence[Subject]) -> dict[Any, Subject]:
    """The first of each class: so the same few are asked again and again, and the others need not be converted."""
    return dict(zip(reversed(classes), reversed(on), strict=True))


def _words(looks: Sequence[Look]) -> str:
    """What stands against it, or what the only check rests on."""
    if len(looks) == 1:
        return looks[0][1]
    return "; ".join(words for result, words, _ in looks if words and result != PASS)[:MESSAGE_MAX]
