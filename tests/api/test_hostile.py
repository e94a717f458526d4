"""Whatever is sent to any operation, the answer is a problem in words, and never a crash."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.api.v1 import OPERATIONS
from tests.api.machine import PROBLEM, V1, Machine, Make, journal
from tests.cast import Cast

NASTY: list[Any] = [
    None, True, 0, -1, 10**30, -(10**30), 1e300, "", " ", "\x00", "a\x00b", "\u202e\ufeff", "x" * 5_000,
    "'; drop table x; --", "<script>", [], [[]], [None], {}, {"": ""}, {"a": {"a": {}}}, "9" * 400,
    "2026-02-30T00:00:00Z",
]  # fmt: skip
GOOD: dict[str, Any] = {
    "/facts": {"source": "ci", "at": "2026-03-01T00:00:00Z", "services": {"checkout": {"a": 1}}},
    "/services/<name>/facts": {"source": "ci", "at": "2026-03-01T00:00:00Z", "facts": {"a": 1}},
    "/services/<name>": {"title": "x", "description": "x", "team": "shop", "tier": 1, "kind": "stateless",
                         "depends_on": ["cart"], "is_retired": False, "system": "x", "type": "x", "lifecycle": "x",
                         "tags": ["x"]},
    "/incidents": {"title": "x", "severity": "SEV1", "services": ["checkout"], "commander": "ana@cast.example",
                   "description": "x", "labels": ["x"], "private": False},
    "/incidents/<int:number>/advance": {"stage": "resolution"},
    "/checks/<int:check_id>/results": {"service": "checkout", "result": "pass", "message": "x", "link": "", "at": None},
    "/checks/<int:check_id>/experiments": journal(),
    "/catalogue": {"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": "x"}, "spec": {}},
}  # fmt: skip
BODIES = [(each.method, each.path) for each in OPERATIONS if each.method != "GET"]


@pytest.fixture
def ready(api: Machine, cast: Cast) -> Machine:
    cast.check(cast.practice().number)
    cast.declare()
    return api


def is_sane(answer: TestResponse) -> bool:
    return answer.status_code < 400 or (answer.mimetype == PROBLEM and answer.status_code < 500)


def at(path: str, cast: Cast) -> str:
    return path.replace("<int:number>", "1").replace("<int:check_id>", "1").replace("<name>", "checkout")


def test_every_operation_with_a_body_has_a_good_one_here() -> None:
    assert {path for _, path in BODIES} == set(GOOD)


@pytest.mark.parametrize(("method", "path"), BODIES)
def test_nasty_values_in_every_field(ready: Machine, cast: Cast, method: str, path: str) -> None:
    good = GOOD[path]
    wrong = {}
    for field, value in itertools.product(good, NASTY):
        answer = ready.ask(method, f"{at(path, cast)}?service=checkout" if "experiments" in path else at(path, cast),
                           json={**good, field: value})  # fmt: skip
        if not is_sane(answer):
            wrong[field, str(value)[:40]] = answer.text[:300]
    assert wrong == {}


@pytest.mark.parametrize("path", sorted({each.path for each in OPERATIONS if each.method == "GET"}))
def test_nasty_values_in_every_query(ready: Machine, cast: Cast, path: str) -> None:
    (operation,) = [each for each in OPERATIONS if each.path == path and each.method == "GET"]
    names = [*(operation.query.model_fields if operation.query else ()), "other"]
    for name, value in itertools.product(names, NASTY):
        answer = ready.get(at(path, cast), query_string={name: "" if value is None else str(value)})
        assert is_sane(answer), (name, value, answer.text)


@pytest.mark.parametrize(
    "value", ["%00", "a%00b", "%ff", "%F0%9F%92%A9", "..", "x" * 3_000, "1e9", "9" * 30, "-1", "<b>", "%2F"]
)
def test_nasty_values_in_every_path(ready: Machine, value: str) -> None:
    for operation in OPERATIONS:
        path = operation.path
        for part in ("<int:number>", "<int:check_id>", "<name>"):
            path = path.replace(part, value)
        if path != operation.path:
            how = {"json": GOOD.get(operation.path)} if operation.method != "GET" else {}
            assert is_sane(ready.ask(operation.method, path, **how)), (operation.method, path)


def test_bodies_that_were_damaged_on_the_way(app: Flask, machine: Make) -> None:
    api, chance = machine("Ana"), random.Random(7)
    for _ in range(150):
        path = chance.choice(["/facts", "/incidents", "/services/checkout"])
        raw = bytearray(json.dumps(GOOD.get(path, {"tier": 1})).encode())
        for _ in range(chance.randint(1, 4)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        method = "PUT" if "services" in path else "POST"
        answer = api.ask(method, V1 + path, data=bytes(raw), content_type="application/json")
        assert is_sane(answer), (path, bytes(raw), answer.text)
