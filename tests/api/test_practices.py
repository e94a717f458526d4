"""Practices and standings by the API, now and as they were."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.machine import Machine, problem, sentences
from tests.api.test_catalogue import all_of
from tests.cast import Cast


@pytest.fixture
def measured(cast: Cast) -> None:
    """BP-1 is measured: checkout has adopted it, cart has not, nothing is known of search. BP-2 is proposed."""
    cast.check(cast.practice().number)
    cast.practice(statement="Backups are restored", area="change", accepted=False)
    cast.report(50, "checkout")
    cast.report(500, "cart")


@pytest.mark.usefixtures("measured")
def test_practices_are_listed_newest_first_with_their_figures(api: Machine) -> None:
    second, first = all_of(api, "/practices?limit=1")
    assert (second["ref"], second["state"]) == ("BP-2", "proposed")
    assert second["adoption"] == {
        "adopted": None, "applicable": None, "percent": None, "target_percent": 100, "target_on": None,
    }  # fmt: skip
    assert (first["ref"], first["state"], first["area"]) == ("BP-1", "automated", "dependency")
    assert {"adopted": 1, "applicable": 3, "percent": 33}.items() <= first["adoption"].items()


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    ("query", "refs"),
    [("state=automated", ["BP-1"]), ("state=retired", []), ("area=change", ["BP-2"]), ("q=BACKUPS", ["BP-2"]),
     ("state=all", ["BP-2", "BP-1"]), ("area=nothing", [])],
)  # fmt: skip
def test_practices_are_chosen(api: Machine, query: str, refs: list[str]) -> None:
    assert [each["ref"] for each in api.get(f"/practices?{query}").get_json()["items"]] == refs


@pytest.mark.usefixtures("measured")
def test_a_practice_is_read_with_its_checks(api: Machine) -> None:
    found = api.get("/practices/1").get_json()
    assert (found["statement"], found["why"], found["selector"]) == ("Calls have timeouts", "One hung.", "true")
    (check,) = found["checks"]
    assert (check["kind"], check["state"], check["expression"]) == ("facts", "active", 'facts["timeout"] < 100')
    problem(api.get("/practices/99"), 404)
    problem(api.get("/practices/99/standings"), 404)


@pytest.mark.usefixtures("measured")
def test_standings_are_listed_by_practice_and_service(api: Machine) -> None:
    found = all_of(api, "/standings?limit=1")
    assert [(each["practice"], each["service"], each["standing"]) for each in found] == [
        ("BP-1", "cart", "not_adopted"), ("BP-1", "checkout", "adopted"), ("BP-1", "search", "unknown"),
    ]  # fmt: skip
    assert found[0]["team"] == "shop"
    assert found[0]["since"] == "2026-03-02T09:00:00Z"
    assert found[0]["message"]


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    ("query", "services"),
    [("service=cart", ["cart"]), ("team=shop", ["cart", "checkout"]), ("standing=unknown", ["search"]),
     ("practice=2", []), ("practice=1&standing=adopted", ["checkout"]), ("service=nope", [])],
)  # fmt: skip
def test_standings_are_chosen(api: Machine, query: str, services: list[str]) -> None:
    assert [each["service"] for each in api.get(f"/standings?{query}").get_json()["items"]] == services
    if "practice" not in query:
        found = api.get(f"/practices/1/standings?{query}").get_json()["items"]
        assert [each["service"] for each in found] == services


@pytest.mark.usefixtures("measured")
def test_standings_as_they_were(api: Machine, cast: Cast, clock: Any) -> None:
    at = cast.now.isoformat().replace("+", "%2B")
    clock.tick(days=1)
    cast.report(50, "cart")

    def stood(query: str) -> dict[str, str]:
        return {each["service"]: each["standing"] for each in all_of(api, f"/standings?limit=1&{query}")}

    assert stood("service=cart") == {"cart": "adopted"}
    assert stood(f"at={at}")["cart"] == "not_adopted"
    assert stood(f"at={at}&standing=not_adopted") == {"cart": "not_adopted"}
    assert set(stood("at=2020-01-01T00:00:00Z").values()) == {"unknown"}


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("standing=good", "standing must be one of 'adopted'"),
        ("practice=0", "practice must be at least 1."),
        ("practice=BP-1", "practice must be a whole number."),
        ("practice=" + "9" * 30, "practice"),
        ("practice=" + "9" * 6_000, "practice"),
        ("at=noon", "at must be a time with its zone"),
        ("at=2026-03-03T00:00:00Z", "Ask for a time that has passed"),
        ("service=%00", "service has a NUL character"),
        ("tier=1", "There is no tier here."),
    ],
)
def test_standings_that_cannot_be_asked_for(api: Machine, query: str, words: str) -> None:
    assert words in sentences(api.get(f"/standings?{query}"))
