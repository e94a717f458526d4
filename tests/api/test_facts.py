"""Facts by the API: of many services or of one; each service by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.queries import services as rows
from tests.api.machine import Machine, Make, problem, sentences
from tests.cast import Cast


def facts(cast: Cast, service: str) -> dict[str, Any]:
    return {each.key: each.value for each in cast.look(lambda session: rows.facts(session, cast.services[service]))}


def standing(api: Machine, service: str) -> str:
    found: str = api.get(f"/standings?service={service}").get_json()["items"][0]["standing"]
    return found


def test_facts_of_many_services_are_taken_and_evaluated_at_once(api: Machine, cast: Cast) -> None:
    cast.check(cast.practice().number)
    answer = api.post("/facts", {"source": "ci", "services": {"cart": {"timeout": 900}, "checkout": {"timeout": 50}}})
    assert answer.status_code == 200
    assert answer.get_json() == {"accepted": ["cart", "checkout"], "refused": []}
    assert [standing(api, each) for each in ("checkout", "cart", "search")] == ["adopted", "not_adopted", "unknown"]
    found = api.get("/services/checkout").get_json()["facts"]
    assert found == [{"key": "timeout", "value": 50, "source": "ci", "at": "2026-03-02T09:00:00Z"}]


def test_a_service_that_is_refused_does_not_stop_the_others(api: Machine, cast: Cast) -> None:
    told = {"services": {"cart": "fast", "checkout": {"a": 1}, "nope": {"a": 1}, "search": {}}}
    answer = api.post("/facts", told)
    assert answer.status_code == 200
    found = answer.get_json()
    assert found["accepted"] == ["checkout"]
    assert [(each["at"], each["service"]) for each in found["refused"]] == [(0, "cart"), (2, "nope"), (3, "search")]
    assert found["refused"][1]["errors"][0]["sentence"] == "There is no service nope."
    assert facts(cast, "checkout") == {"a": 1}
    assert facts(cast, "cart") == {}


def test_when_none_is_taken_it_is_an_error_that_names_each(api: Machine) -> None:
    found = problem(api.post("/facts", {"services": {"cart": {}, "nope": {"a": 1}}}), 422)
    assert found["accepted"] == []
    assert [each["service"] for each in found["refused"]] == ["cart", "nope"]
    assert "There is no service nope." in found["detail"]


def test_the_facts_of_one_service_are_taken_together_or_not_at_all(api: Machine, cast: Cast) -> None:
    found = api.post("/facts", {"services": {"cart": {"good": 1, "bad": "\x00"}, "checkout": {"good": 1}}}).get_json()
    assert found["accepted"] == ["checkout"]
    assert "bad has a character that no database keeps" in found["refused"][0]["errors"][0]["sentence"]
    assert facts(cast, "cart") == {}


def test_facts_of_one_service(api: Machine, cast: Cast) -> None:
    told = {"facts": {"limits": {"cpu": 1.5}, "regions": ["a", "b"], "timeout_ms": 800, "tls": True}}
    answer = api.put("/services/checkout/facts", told)
    assert answer.status_code == 200
    assert answer.get_json() == {"service": "checkout", "keys": sorted(told["facts"])}
    api.put("/services/checkout/facts", {"facts": {"tls": False}})
    assert facts(cast, "checkout") == {**told["facts"], "tls": False}, "other keys stay as they are"
    api.put("/services/checkout/facts", {"facts": {"limits": None, "regions": None}})
    assert facts(cast, "checkout") == {"timeout_ms": 800, "tls": False}, "null takes a fact back"


def test_facts_of_a_service_that_does_not_exist(api: Machine) -> None:
    problem(api.put("/services/nope/facts", {"facts": {"a": 1}}), 404)
    problem(api.put("/services/n%00pe/facts", {"facts": {"a": 1}}), 404)


def test_a_viewer_may_not_report(machine: Make, cast: Cast) -> None:
    dev = machine("Dev")
    problem(dev.post("/facts", {"services": {"checkout": {"a": 1}}}), 403)
    problem(dev.put("/services/checkout/facts", {"facts": {"a": 1}}), 403)
    assert facts(cast, "checkout") == {}


def test_a_responder_may_report(machine: Make) -> None:
    assert machine("Cleo").post("/facts", {"services": {"checkout": {"a": 1}}}).status_code == 200


def test_facts_may_have_been_seen_earlier(api: Machine, cast: Cast) -> None:
    at = cast.now - timedelta(hours=3)
    told = {"at": at.isoformat(), "services": {"checkout": {"a": 1}}}
    assert api.post("/facts", told).status_code == 200
    assert api.get("/services/checkout").get_json()["facts"][0]["at"] == "2026-03-02T06:00:00Z"


@pytest.mark.parametrize("at", ["yesterday", "2026-03-02", "2026-03-02T09:00:00", 1, "0001-01-01T00:00:00+14:00",
                                "9999-12-31T23:59:59-14:00", None, "", "2026-13-40T00:00:00Z"])  # fmt: skip
def test_a_time_needs_its_zone(api: Machine, at: Any) -> None:
    answer = api.post("/facts", {"at": at, "services": {"checkout": {"a": 1}}})
    if at is not None:
        assert "at must be a time with its zone, such as 2026-03-02T09:00:00Z" in sentences(answer)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "Give services."),
        ({"services": {}}, "services must not be empty."),
        ({"services": []}, "services must be an object."),
        ({"services": {f"s{number}": {"a": 1} for number in range(1_001)}}, "services may hold at most 1000"),
        ({"services": {"checkout": {f"k{number}": 1 for number in range(201)}}}, "Send at most 200 facts"),
        ({"services": {"checkout": {" ": 1}}}, "Give each fact a key of 1 to 200"),
        ({"services": {"checkout": {"k" * 201: 1}}}, "Give each fact a key of 1 to 200"),
        ({"services": {"checkout": {"a\x00b": 1}}}, "Give each fact a key of 1 to 200"),
        ({"services": {"checkout": {"a": 10**30}}}, "a is a number of more than 64 bits"),
        ({"services": {"checkout": {"a": {"b": ["\x00"]}}}}, "a has a character that no database keeps"),
        ({"services": {"checkout": {"a": "x" * 20_000}}}, "a is longer than 10,000 characters"),
        ({"source": "x" * 301, "services": {"checkout": {"a": 1}}}, "Shorten source to 300 characters."),
        ({"source": "\x00", "services": {"checkout": {"a": 1}}}, "source has a NUL character"),
        ({"source": 7, "services": {"checkout": {"a": 1}}}, "source must be a text."),
        ({"sauce": "ci", "services": {"checkout": {"a": 1}}}, "There is no sauce here."),
    ],
)
def test_facts_that_cannot_be_taken(api: Machine, cast: Cast, told: dict[str, Any], words: str) -> None:
    assert words in sentences(api.post("/facts", told))
    assert facts(cast, "checkout") == {}


def test_a_value_may_be_deep_but_not_endless(api: Machine, cast: Cast) -> None:
    def nested(levels: int) -> Any:
        value: Any = 1
        for _ in range(levels):
            value = [value]
        return value

    assert api.put("/services/checkout/facts", {"facts": {"a": nested(10)}}).status_code == 200
    assert "nested more than 20 deep" in sentences(api.put("/services/checkout/facts", {"facts": {"a": nested(400)}}))


def test_a_lone_half_of_a_character_is_refused(api: Machine) -> None:
    raw = '{"services": {"checkout": {"a": "\\ud800"}}}'
    assert "no database keeps" in sentences(api.post("/facts", data=raw, content_type="application/json"))
    raw = '{"services": {"\\ud800": {"a": 1}}}'
    answer = api.post("/facts", data=raw, content_type="application/json")
    assert "There is no service of this name." in sentences(answer)


def test_a_thousand_services_with_many_facts_fit_into_one_request(api: Machine, cast: Cast) -> None:
    told = {"services": {f"s{number}": {f"key.number.{key}": key for key in range(200)} for number in range(999)}}
    told["services"]["checkout"] = {"a": 1}
    answer = api.post("/facts", told)
    assert answer.status_code == 200
    assert answer.get_json()["accepted"] == ["checkout"]
    assert len(answer.get_json()["refused"]) == 999
