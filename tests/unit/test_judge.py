"""The quick way of judging a million cells says the same as the careful way for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app import cel
from app.domain.adoption import Cell, Observed
from app.domain.automation import ACTIVE_CHECK, FACTS
from app.models.automation import Check
from app.queries.judge import Judge
from app.queries.rules import Rule
from app.queries.verdicts import Subject, judge_facts

NOBODY = -1
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EXPRESSIONS = (
    'facts["a"] < 5', 'facts["a"] < 5 && facts["b"]', '!("a" in facts) || facts["a"] > 2', "facts.b", "size(facts) > 1",
    'service.tier < 3 && facts["a"] > 1', 'facts["a"] == "x"', "true", 'facts["a"] + 1 > 3',
    "facts.all(k, facts[k] != 7)",
)  # fmt: skip
SELECTORS = ("true", "service.tier <= 2", 'facts["b"]', "service.tier > 9")
values = st.one_of(st.integers(0, 9), st.booleans(), st.sampled_from(["x", "1", "true"]), st.just(1.0))
instants = st.sampled_from([0, 1, 3, 5, 7, 30, -1]).map(lambda days: NOW - timedelta(days=days))
facts = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.tuples(values, instants), max_size=3)


def subject(key: int, tier: int, told: dict[str, tuple[Any, datetime]]) -> Subject:
    given_facts = {name: value for name, (value, _) in told.items()}
    seen_at = {name: at for name, (_, at) in told.items()}
    said = {name: f"{name} = {type(value).__name__} {value}" for name, value in given_facts.items()}
    asked = {"service": {"tier": tier}, "facts": given_facts}
    last = max(seen_at.values(), default=None)
    return Subject(key, f"s{key}", None, cel.Values(asked), last, given_facts, seen_at, said)


def check(expression: str, days: int) -> Check:
    return Check(kind=FACTS, expression=expression, freshness_days=days, state=ACTIVE_CHECK)


checks = st.lists(st.builds(check, st.sampled_from(EXPRESSIONS), st.sampled_from([2, 7])), min_size=1, max_size=3)


@settings(max_examples=400, deadline=None)
@given(
    services=st.lists(st.tuples(st.integers(1, 4), facts), max_size=8),
    rules=st.lists(
        st.tuples(checks, st.sampled_from(SELECTORS), st.sampled_from(["all", "any"])), min_size=1, max_size=3
    ),
)
def test_many_cells_at_once_are_judged_as_each_alone(
    services: list[tuple[int, dict[str, Any]]], rules: list[tuple[list[Check], str, str]]
) -> None:
    subjects = [subject(key, tier, told) for key, (tier, told) in enumerate(services)]
    judge = Judge(NOW, subjects)
    for number, (of, selector, combine) in enumerate(rules):
        rule = Rule(number, selector, combine, False, of)
        found = dict(judge.column(rule, {}, {}).cells())
        assert found == dict(judge.column(rule, {}, {NOBODY: NOW}).cells()), (
            "with exemptions every cell is judged alone"
        )
        for each in subjects:
            does = each.applies(selector)
            if does is False:
                assert each.id not in found
                continue
            looks = [judge_facts(one.expression, each) for one in of]
            observed = [
                Observed(result, at, one.freshness_days) if at else None
                for (result, _, at), one in zip(looks, of, strict=True)
            ]
            here, ahead = Cell(does, observed if does else (), None, combine).course(NOW)
            standing, _, due_at, due_standing, later = found[each.id]
            assert (standing, due_at, due_standing) == (here, *(ahead[0] if ahead else (None, None)))
            assert [[at.isoformat(), then] for at, then in ahead[1:]] == (later or [])
