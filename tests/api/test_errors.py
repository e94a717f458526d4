"""One shape of errors for everything under /api: problem details, and never a page."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from app.api import auth
from tests.api.machine import Machine, Make, problem, sentences
from tests.cast import Cast, snapshot


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v2/facts", "/nothing", "/services/", "/services//x",
                                  "/incidents/0x7", "/incidents/99999999999999999999999999999", "/%00"])  # fmt: skip
def test_an_address_that_does_not_exist(api: Machine, path: str) -> None:
    problem(api.get(path), 404)


def test_a_method_that_an_address_does_not_answer(api: Machine) -> None:
    answer = api.ask("DELETE", "/services/checkout")
    problem(answer, 405)
    assert {"GET", "PUT"} <= set(answer.headers["Allow"].split(", "))


def test_what_browsers_accept_changes_nothing(api: Machine) -> None:
    problem(api.get("/nothing", headers={"Accept": "text/html"}), 404)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is not JSON"),
        (b"{", "at line 1, column 2"),
        (b'{"services": {"checkout": {"a": NaN}}}', "NaN is no number"),
        (b'{"services": {"checkout": {"a": 1e999}}}', "too large a number"),
        (b'{"services": {"checkout": {"a": ' + b"9" * 5_000 + b"}}}", "is not JSON that can be kept"),
        (b"\xff\xfe", "is not a text in UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_body_that_is_not_json(api: Machine, raw: bytes, words: str) -> None:
    answer = api.post("/facts", data=raw, content_type="application/json")
    assert words in problem(answer, 400)["detail"]


def test_a_body_of_another_type(api: Machine) -> None:
    found = problem(api.post("/facts", data="a=1", content_type="application/x-www-form-urlencoded"), 415)
    assert "application/json" in found["detail"]
    problem(api.post("/facts"), 415)


def test_a_body_that_is_too_large(api: Machine) -> None:
    problem(api.post("/facts", data=b" " * (auth.LARGEST_BODY + 1), content_type="application/json"), 413)


@pytest.mark.parametrize("raw", ["null", "1", '"x"', "[]", "[1]", "true"])
def test_a_body_that_is_no_object(api: Machine, raw: str) -> None:
    for path in ("/facts", "/incidents"):
        answer = api.post(path, data=raw, content_type="application/json")
        assert "The body must be an object." in sentences(answer)


def test_each_wrong_thing_is_named_with_its_field(api: Machine) -> None:
    told = {"tittle": "Down", "severity": "SEV9", "services": "checkout", "private": "yes", "labels": ["a", 5]}
    found = problem(api.post("/incidents", told), 422)
    by_field = {each["field"]: (each["code"], each["sentence"]) for each in found["errors"]}
    assert by_field["title"] == ("body.missing", "Give title.")
    assert by_field["tittle"][0] == "body.unknown_field"
    assert "Known are: title, severity" in by_field["tittle"][1]
    assert by_field["severity"][1] == "severity must be one of 'SEV1', 'SEV2', 'SEV3' or 'SEV4'."
    assert by_field["services"][1] == "services must be a list."
    assert by_field["private"][1] == "private must be true or false."
    assert by_field["labels[1]"][1] == "labels[1] must be a text."


def test_a_query_that_nobody_knows_is_refused(api: Machine) -> None:
    assert "There is no tiers here. Known are: limit, cursor, team, tier" in sentences(api.get("/services?tiers=1"))
    assert "limit must be at most 200." in sentences(api.get("/services?limit=201"))
    assert "limit must be at least 1." in sentences(api.get("/services?limit=0"))
    assert "limit must be a whole number." in sentences(api.get("/services?limit=many"))


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WzFd", "bnVsbA", "%00", "ÿ", "W1si" * 40, "eyJhIjoxfQ", "x" * 9_000, "WyJ4IiwxXQ",
               "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwxXQ", "WzEsIlx1MDAwMCJd"]
)  # fmt: skip
@pytest.mark.parametrize("path", ["/services", "/teams", "/practices", "/incidents", "/standings"])
def test_a_cursor_of_no_list(api: Machine, path: str, cursor: str) -> None:
    answer = api.get(f"{path}?cursor={cursor}")
    if answer.status_code != 200:
        sentences(answer)


def test_a_mistake_of_ours_is_a_problem_too(app: Flask, machine: Make, monkeypatch: Any) -> None:
    api = machine("Ana")

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("app.queries.lists.teams", crash)
    answer = api.get("/teams")
    assert "a secret" not in answer.text
    assert problem(answer, 500)["request_id"] == answer.headers["X-Request-Id"]


def test_a_database_that_does_not_answer(machine: Make, monkeypatch: Any) -> None:
    api = machine("Ana")

    def lost(*_: Any, **__: Any) -> None:
        raise OperationalError("select", {}, Exception("connection refused"))

    for broken, paths in (("app.queries.lists.teams", ["/teams"]), ("app.queries.tokens.shown", ["/teams", "/none"])):
        monkeypatch.setattr(broken, lost)
        for path in paths:
            answer = api.get(path)
            problem(answer, 503)
            assert "connection refused" not in answer.text


def test_the_same_sent_twice_at_one_moment_is_a_conflict(machine: Make, monkeypatch: Any) -> None:
    api = machine("Ana")

    def taken(*_: Any, **__: Any) -> None:
        raise IntegrityError("insert", {}, Exception("UNIQUE constraint failed: service.name"))

    monkeypatch.setattr("app.workflow.catalog.add_service", taken)
    assert "UNIQUE" not in problem(api.put("/services/mail", {}), 409)["detail"]


def test_every_table_is_left_as_it_was_by_what_is_refused(api: Machine, cast: Cast) -> None:
    api.get("/teams").close()
    before = cast.look(snapshot)
    api.post("/incidents", {"title": "x" * 300})
    api.post("/incidents", {"title": "Down", "services": ["nope"]})
    api.put("/services/UPPER case", {})
    api.put("/services/checkout", {"team": "nope"})
    api.post("/facts", {"services": {"nope": {"a": 1}, "checkout": {}}})
    assert cast.look(snapshot) == before
