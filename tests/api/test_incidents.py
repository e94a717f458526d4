"""Incidents by the API: declared once, read, moved on; private ones as if they were not there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.models.incident import Incident
from app.workflow import incident
from tests.api.machine import Machine, Make, problem, sentences, token_of
from tests.api.test_catalogue import all_of
from tests.cast import Cast

WHOLE = {"title": "Checkout is down", "severity": "SEV2", "services": ["checkout", "cart"],
         "commander": "Ana@cast.example", "description": "Since nine.", "labels": ["alert"]}  # fmt: skip


def count(cast: Cast) -> int:
    return cast.look(lambda session: session.scalar(select(func.count()).select_from(Incident)) or 0)


def test_a_whole_incident_is_at_resolution_at_once(machine: Make, cast: Cast) -> None:
    answer = machine("Cleo").post("/incidents", WHOLE)
    assert answer.status_code == 201
    assert answer.get_json() == {
        "ref": "INC-1", "number": 1, "url": "http://127.0.0.1:8000/incidents/1", "stage": "resolution",
        "state": "active", "lessons": [],
    }  # fmt: skip
    assert answer.headers["Location"].endswith("/api/v1/incidents/1")
    assert cast.moves(1) == [("declare", "Cleo"), ("advance", "Ratchet")]
    assert cast.heard("IncidentDeclared")


def test_only_the_title_is_needed(api: Machine) -> None:
    found = api.post("/incidents", {"title": "Something is odd"}).get_json()
    assert found["stage"] == "incident"
    assert [each["code"] for each in api.get("/incidents/1").get_json()["missing"]] == [
        "incident.severity_missing", "incident.service_missing", "incident.commander_missing",
    ]  # fmt: skip


def test_the_same_key_and_body_declare_it_once(api: Machine, cast: Cast) -> None:
    key = {"Idempotency-Key": "alert-4711"}
    first, again = (api.post("/incidents", WHOLE, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert count(cast) == 1


def test_the_same_key_with_another_body_is_a_conflict(api: Machine, cast: Cast) -> None:
    key = {"Idempotency-Key": "alert-4711"}
    api.post("/incidents", WHOLE, headers=key)
    found = problem(api.post("/incidents", {**WHOLE, "severity": "SEV1"}, headers=key), 409)
    assert found["errors"][0]["field"] == "Idempotency-Key"
    assert count(cast) == 1


def test_an_incident_that_was_edited_is_still_the_one_of_its_key(api: Machine, cast: Cast) -> None:
    key = {"Idempotency-Key": "alert-4711"}
    api.post("/incidents", WHOLE, headers=key)
    told = incident.Told(title="Cart is down", severity="SEV2", service_ids=[cast.services["cart"]],
                         commander_id=cast.id("Ana"))  # fmt: skip
    cast.do(incident.edit, 1, told, version=1)
    assert api.post("/incidents", WHOLE, headers=key).get_json()["number"] == 1


def test_keys_of_two_people_have_nothing_to_do_with_each_other(machine: Make, cast: Cast) -> None:
    for name in ("Ana", "Cleo"):
        assert machine(name).post("/incidents", WHOLE, headers={"Idempotency-Key": "1"}).status_code == 201
    assert count(cast) == 2


def test_without_a_key_each_asking_declares_one(api: Machine, cast: Cast) -> None:
    for _ in range(2):
        assert api.post("/incidents", WHOLE).status_code == 201
    assert count(cast) == 2


@pytest.mark.parametrize(("key", "words"), [(" ", "Give the Idempotency-Key"), ("x" * 201, "Shorten this to 200")])
def test_a_key_that_is_none(api: Machine, key: str, words: str) -> None:
    answer = api.post("/incidents", WHOLE, headers={"Idempotency-Key": key})
    if answer.status_code != 201:  # the server may strip what is only space
        assert words in sentences(answer)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Give the incident a title."),
        ({"title": "x" * 201}, "Shorten the title to 200"),
        ({"title": "a\x00"}, "title has a NUL character"),
        ({"title": None}, "title must be a text."),
        ({"services": ["checkout", "nope"]}, "There is no service nope in the catalogue."),
        ({"services": ["\x00"]}, "services[0] has a NUL character"),
        ({"commander": "nobody@cast.example"}, "There is nobody with the address nobody@cast.example."),
        ({"commander": 10**30}, "commander must be a text."),
        ({"severity": "sev2"}, "severity must be one of"),
        ({"labels": ["x"] * 201}, "labels may hold at most 200; it has 201."),
        ({"description": "x" * 60_000}, "Shorten this to 50,000 characters"),
        ({"private": 1}, "private must be true or false."),
        ({"stage": "review"}, "There is no stage here."),
    ],
)
def test_an_incident_that_cannot_be_declared(api: Machine, cast: Cast, wrong: dict[str, Any], words: str) -> None:
    assert words in sentences(api.post("/incidents", {**WHOLE, **wrong}))
    assert count(cast) == 0


def test_a_viewer_may_read_and_not_declare(machine: Make, cast: Cast) -> None:
    number, dev = cast.declare(), machine("Dev")
    assert dev.get(f"/incidents/{number}").status_code == 200
    problem(dev.post("/incidents", WHOLE), 403)
    problem(dev.post("/incidents", WHOLE, headers={"Idempotency-Key": "1"}), 403)
    problem(dev.post(f"/incidents/{number}/advance", {"stage": "resolution"}), 403)


def test_a_private_incident_is_known_to_insiders_alone(machine: Make, cast: Cast) -> None:
    number = machine("Cleo").post("/incidents", {**WHOLE, "private": True}).get_json()["number"]
    assert number >= 1_000_000
    for name in ("Cleo", "Ana", "Ada"):  # declared it, commands it, administers
        assert machine(name).get(f"/incidents/{number}").get_json()["is_private"]
        assert len(machine(name).get("/incidents").get_json()["items"]) == 1
    for name in ("Ben", "Dev"):
        found = problem(machine(name).get(f"/incidents/{number}"), 404)
        nothing = problem(machine(name).get("/incidents/999"), 404)
        assert found["detail"].replace(str(number), "") == nothing["detail"].replace("999", "")
        answer = machine(name).post(f"/incidents/{number}/advance", {"stage": "resolution"})
        problem(answer, 404 if name == "Ben" else answer.status_code)
        assert "Checkout" not in answer.text
        for query in ("", "?service=checkout", "?q=checkout", "?stage=resolution", "?team=shop", "?severity=SEV2"):
            assert machine(name).get(f"/incidents{query}").get_json()["items"] == []


def test_a_token_of_an_administrator_with_a_lower_role_sees_no_private_incident(
    app: Any, machine: Make, cast: Cast
) -> None:
    number = cast.declare(is_private=True)
    low = Machine(app.test_client(), token_of(cast, "Ada", role="responder")[1])
    problem(low.get(f"/incidents/{number}"), 404)


def test_an_incident_is_advanced_when_nothing_is_missing(api: Machine, cast: Cast) -> None:
    number = cast.declare()
    found = problem(api.post(f"/incidents/{number}/advance", {"stage": "resolution"}), 422)
    assert "resolution.impact_missing" in {each["code"] for each in found["errors"]}
    assert cast.stands(number) == ("resolution", "active")
    with cast.begin() as work:
        cast.fill(work, number, "resolution")
    answer = api.post(f"/incidents/{number}/advance", {"stage": "resolution"})
    assert answer.status_code == 200
    assert answer.get_json()["stage"] == "review"
    assert sentences(api.post(f"/incidents/{number}/advance", {"stage": "resolution"}))


@pytest.mark.parametrize("told", [{}, {"stage": "nothing"}, {"stage": 3}, {"stage": "a\x00"}, {"stage": ""}])
def test_a_stage_that_is_none(api: Machine, cast: Cast, told: dict[str, Any]) -> None:
    assert sentences(api.post(f"/incidents/{cast.declare()}/advance", told))


def test_incidents_are_listed_newest_first_and_chosen(api: Machine, cast: Cast, clock: Any) -> None:
    for title, severity in (("Cart is slow", "SEV3"), ("Search is down", "SEV1"), ("Mail is late", "SEV3")):
        cast.declare(title=title, severity=severity)
        clock.tick(hours=1)

    def titles(query: str) -> list[str]:
        return [each["title"] for each in all_of(api, f"/incidents?limit=1&{query}")]

    assert titles("") == ["Mail is late", "Search is down", "Cart is slow"]
    assert titles("severity=SEV3") == ["Mail is late", "Cart is slow"]
    assert titles("q=IS+down") == ["Search is down"]
    assert titles("stage=resolution&service=checkout") == titles("")
    assert titles("stage=closed") == titles("stage=review") == titles("service=search") == titles("team=search") == []


def test_what_has_changed_since_an_instant(api: Machine, cast: Cast, clock: Any) -> None:
    old, new = cast.declare(title="Old"), cast.declare(title="New")
    clock.tick(hours=1)
    with cast.begin() as work:
        cast.fill(work, old, "resolution")
    since = (cast.now - timedelta(minutes=1)).isoformat().replace("+", "%2B")
    (found,) = api.get(f"/incidents?updated_since={since}").get_json()["items"]
    assert found["title"] == "Old"
    assert found["updated_at"] == "2026-03-02T10:00:00Z"
    assert new != old
    assert "updated_since must be a time with its zone" in sentences(api.get("/incidents?updated_since=today"))


def test_what_was_known_is_said_at_declaration_and_afterwards(api: Machine, cast: Cast, clock: Any) -> None:
    first = cast.incident_at("best_practice", title="A call hung and checkout with it")
    made = cast.practice(incident_number=first, statement="A call that hung is ended")
    cast.check(made.number)
    cast.report(500, "checkout")
    clock.tick(days=3)
    told = {"title": "A call hung again", "severity": "SEV2", "services": ["checkout"]}
    answer = api.post("/incidents", told).get_json()
    (lesson,) = answer["lessons"]
    assert (lesson["service"], lesson["practice"], lesson["standing"]) == ("checkout", "BP-1", "not_adopted")
    assert lesson["learned_from"] == [f"INC-{first}"]
    assert lesson["words"] == f"checkout had not adopted BP-1, learned from INC-{first}."
    assert api.get(f"/incidents/{answer['number']}").get_json()["lessons"] == answer["lessons"]


def test_an_incident_names_its_practices(api: Machine, cast: Cast) -> None:
    number = cast.incident_at("best_practice")
    made = cast.practice(incident_number=number)
    found = api.get(f"/incidents/{number}").get_json()
    assert [each["ref"] for each in found["practices"]] == [made.name]
    assert found["commander"] == "Ana"
    assert found["services"] == ["checkout"]
