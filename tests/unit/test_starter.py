"""The starter catalogue is whole, its expressions can be read, and every fact that it asks for is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import cel
from app.domain.automation import require_days
from app.domain.best_practice import require_level, require_target
from app.domain.review import AREAS
from app.intake.kubernetes_facts import ALL as OF_ALL
from app.intake.kubernetes_facts import FACTS as READ
from app.starter.catalogue import ALL, ANY, ATTESTED, EXPERIMENT, FACTS, KINDS, REPORTED, Starter, find, starters
from tests.parts import need
from tests.unit.kubernetes_verdicts import ERROR, FAIL, KEYS, MANIFESTS, NOT, PAGE, PASS, page, verdicts

DOCS = Path(__file__).parents[2] / "docs" / "facts.md"
ROW = re.compile(r"^\| `(?P<key>[a-z_.]+)` \| (?P<type>[^|]+) \| (?P<meaning>[^|]+) \| (?P<rest>.+) \|$", re.MULTILINE)
TYPES = ("true or false", "number", "text")
each_practice = pytest.mark.parametrize("practice", starters(), ids=lambda each: each.key)


def documented() -> dict[str, re.Match[str]]:
    rows = list(ROW.finditer(DOCS.read_text(encoding="utf-8")))
    assert len({each["key"] for each in rows}) == len(rows), "a fact is explained twice"
    return {each["key"]: each for each in rows}


def test_there_are_25_practices_by_unique_keys_in_all_five_areas() -> None:
    keys = [each.key for each in starters()]
    assert len(keys) == len(set(keys)) == 25
    assert {each.area for each in starters()} == set(AREAS)
    assert len({each.statement for each in starters()}) == 25
    assert find("timeouts") is starters()[0]
    assert find("nothing") is None


@each_practice
def test_a_practice_is_one_that_a_form_would_take(practice: Starter) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]{2,40}", practice.key)
    assert practice.statement.endswith(".")
    assert len(practice.statement) <= 120
    assert 2 <= len(re.findall(r"[.!?](?: |$)", practice.why)) <= 4
    assert practice.area in AREAS
    require_level(practice.level)
    require_target(practice.target_percent)
    require_days(practice.freshness_days)
    require_days(practice.review_after_days)
    assert practice.combine in (ALL, ANY)
    assert 1 <= len(practice.checks) <= 2


@each_practice
def test_its_expressions_are_read_and_ask_for_the_facts_that_it_names(practice: Starter) -> None:
    cel.read(practice.selector, "selector")
    assert "facts" not in practice.selector
    asked: set[str] = set()
    for check in practice.checks:
        assert check.kind in KINDS
        if check.kind == FACTS:
            cel.read(check.expression)
            asked |= set(re.findall(r'facts\["([^"]+)"\]', check.expression))
        assert bool(check.expression) == (check.kind == FACTS)
        assert bool(check.question) == (check.kind != FACTS)
        assert bool(check.because) == (check.kind == ATTESTED)
    assert asked == set(practice.facts)
    assert asked <= set(documented())


@each_practice
def test_its_expressions_hold_or_not_on_facts_of_the_documented_types(practice: Starter) -> None:
    """Neither is an error: the expression fits the types, and can be met and missed."""
    samples = {"true or false": (True, False), "number": (0, 1, 2, 24, 100), "text": ("", "https://x", "DaemonSet")}
    for check in practice.checks:
        if check.kind != FACTS:
            continue
        results = set()
        keys = sorted(practice.facts)
        kinds = [samples[documented()[key]["type"]] for key in keys]
        for at in range(max(map(len, kinds)) ** len(keys)):
            values, rest = {}, at
            for key, kind in zip(keys, kinds, strict=True):
                values[key], rest = kind[rest % len(kind)], rest // len(kind)
            service = {"name": "x", "team": "t", "tier": 1, "kind": "stateless", "depends_on": []}
            results.add(cel.read(check.expression).holds(cel.Values({"service": service, "facts": values})))
        assert results == {True, False}


def test_every_kind_of_check_is_used_and_eight_practices_are_decided_by_manifests_alone() -> None:
    assert {check.kind for each in starters() for check in each.checks} == {FACTS, ATTESTED, REPORTED, EXPERIMENT}
    decided = [
        each.key
        for each in starters()
        if all(check.kind == FACTS for check in each.checks) and each.facts and set(each.facts) <= set(READ)
    ]
    assert len(decided) >= 8


def test_the_docs_the_reader_and_the_catalogue_know_the_same_facts() -> None:
    rows = documented()
    assert {key for key in rows if key.startswith("kubernetes.")} == set(READ)
    assert set(rows) - set(READ) == {key for each in starters() for key in each.facts} - set(READ)
    for key, row in rows.items():
        assert row["type"] in TYPES
        if key in READ:
            assert row["rest"].rsplit(" | ", 1)[1] == READ[key]
        if READ.get(key) == OF_ALL:
            assert row["type"] == "true or false"


# The page of verdicts. The expectation was written by reading the manifests.

HARDENED = {
    "no-instance-affinity": PASS,  # no Service with sessionAffinity, no volume
    "two-replicas": FAIL,  # `replicas` is not written, or 1
    "disruption-budget": FAIL,  # there is none in the folder
    "readiness": PASS,
    "liveness": PASS,
    "resource-limits": PASS,
    "staged-rollout": PASS,  # no strategy is written
    "immutable-images": FAIL,  # no digest
    "autoscaling": NOT,
    "data-backed-up": NOT,
    "timeouts": ERROR,
}
EXPECTED = {
    "adservice": HARDENED,
    "cartservice": HARDENED,
    "checkoutservice": HARDENED,
    "currencyservice": HARDENED,
    "emailservice": HARDENED,
    "frontend": HARDENED,
    "loadgenerator": HARDENED | {"readiness": FAIL, "liveness": FAIL, "resource-limits": FAIL},
    "paymentservice": HARDENED,
    "productcatalogservice": HARDENED,
    "recommendationservice": HARDENED,
    "redis-cart": HARDENED | {"no-instance-affinity": FAIL},  # an emptyDir at /data
    "shippingservice": HARDENED,
}


def test_the_verdicts_on_real_manifests_are_those_of_a_person_who_reads_them() -> None:
    need("the folder ../shared/data/kubernetes", MANIFESTS.is_dir())
    assert len(KEYS) >= 8
    assert verdicts() == EXPECTED


def test_the_page_of_verdicts_is_what_the_generator_writes() -> None:
    need("the folder ../shared/data/kubernetes", MANIFESTS.is_dir())
    assert PAGE.read_text(encoding="utf-8") == page()
