"""Facts in a file are taken as they were written, or it is told which one cannot be used, and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.intake.facts_file import Reading, read
from app.intake.problem import Unreadable


@pytest.fixture
def of(tmp_path: Path) -> Any:
    """`of(text)` reads YAML; `of(value)` reads JSON, and so does `of(text, "x.json")`."""

    def read_it(told: Any, name: str = "") -> Reading:
        path = tmp_path / (name or ("facts.yaml" if isinstance(told, str) else "facts.json"))
        path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
        return read(path)

    return read_it


def problems(reading: Reading) -> list[str]:
    return [str(each) for each in reading.problems]


def test_a_mapping_of_services_has_their_facts(of: Any) -> None:
    told = {"cart": {"http.timeout_ms": 800, "on": True, "none": None}, "Search": {"l": [1, 2.5, "x", {"a": False}]}}
    reading = of(told)
    assert [(each.service, each.facts, each.at, each.source) for each in reading.told] == [
        ("cart", told["cart"], None, ""),
        ("search", told["Search"], None, ""),
    ]
    assert (reading.problems, reading.notes) == ([], [])


def test_a_list_of_entries_says_when_and_by_whom(of: Any) -> None:
    entry = {"service": "cart", "facts": {"a": 1}, "at": "2026-03-02T10:00:00+01:00", "source": "nightly  job"}
    for told in ([entry], entry):
        (found,) = of(told).told
        assert (found.at, found.source) == (datetime(2026, 3, 2, 9, tzinfo=UTC), "nightly job")


def test_yaml_says_the_same_as_json(of: Any) -> None:
    reading = of(
        "cart:\n  a: 800\n  b: true\n  c: 1.5\n  d: '800'\n  e: 2026-03-02\n  f: ~\n  g: [1, x]\n  h: 1e3\n"
        "---\nsearch: {a: -1}\n"
    )
    assert [each.facts for each in reading.told] == [
        {"a": 800, "b": True, "c": 1.5, "d": "800", "e": "2026-03-02", "f": None, "g": [1, "x"], "h": 1000.0},
        {"a": -1},
    ]
    assert [type(value) for value in reading.told[0].facts.values()] == [
        int,
        bool,
        float,
        str,
        str,
        type(None),
        list,
        float,
    ]


def test_a_yes_in_yaml_is_a_text_and_that_is_said(of: Any) -> None:
    reading = of("cart: {a: yes, b: 'no'}")
    assert reading.told[0].facts == {"a": "yes", "b": "no"}
    (note,) = reading.notes
    assert str(note) == "facts.yaml: cart: a: “yes” was taken as a text; write true or false if that is meant"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"n": 2**63}, "n: the number is larger"),
        ({"n": -(2**63) - 1}, "n: the number is larger"),
        ({"t": "x" * 5_001}, "t: a text has at most 5,000 characters"),
        ({"t": "a\x00b"}, "t: a text has at most"),
        ({"t": "\ud800"}, "t: a text has at most"),
        ({"d": [[[[[[[[1]]]]]]]]}, "d: too large"),
        ({"w": list(range(5_000))}, "w: too large"),
        ({" a": 1}, " a: a key is 1 to 200 characters"),
        ({"": 1}, ": a key is 1 to 200 characters"),
        ({"k" * 201: 1}, "a key is 1 to 200 characters"),
        ({"m": {"a\x00": 1}}, "m: a key is 1 to 200 characters"),
    ],
)
def test_a_fact_that_cannot_be_kept_stops_no_other(of: Any, facts: dict[str, Any], reason: str) -> None:
    reading = of({"cart": {**facts, "good": 1}})
    assert [each.facts for each in reading.told] == [{"good": 1}]
    (told,) = problems(reading)
    assert reason in told


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (5, "entry 1: a mapping is expected here"),
        ({"facts": {"a": 1}}, "entry 1: the name of the service is missing"),
        ({"service": "x\x00", "facts": {"a": 1}}, "entry 1: service: a text is expected here"),
        ({"service": ["x"], "facts": {"a": 1}}, "entry 1: service: a text is expected here"),
        ({"service": "cart"}, "entry 1: facts are missing"),
        ({"service": "cart", "facts": [1]}, "entry 1: facts are missing"),
        ({"service": "cart", "facts": {}}, "entry 1: facts are missing"),
        ({"service": "cart", "facts": {"a": 1}, "at": "yesterday"}, "entry 1: at: “yesterday” is no time"),
        ({"service": "cart", "facts": {"a": 1}, "at": 5}, "entry 1: at: a text is expected here"),
    ],
)
def test_an_entry_that_cannot_be_used_stops_no_other(of: Any, entry: Any, reason: str) -> None:
    reading = of([entry, {"service": "search", "facts": {"a": 1}}])
    assert [each.service for each in reading.told] == ["search"]
    (told,) = problems(reading)
    assert reason in told


def test_what_is_assumed_is_said(of: Any) -> None:
    reading = of([{"service": "cart", "facts": {"a": 1}, "at": "2026-03-02T09:00", "when": "x"}])
    assert [str(each) for each in reading.notes] == [
        "facts.json: entry 1: when: is not known here and was left out",
        "facts.json: entry 1: at: “2026-03-02T09:00” has no time zone and was read as UTC",
    ]


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ('{"a": {"b": 1', "x.json", "line 1: no valid JSON"),
        ('{"a": {"b": NaN}}', "x.json", "no valid JSON: NaN is no number"),
        ('{"a": {"b": 1, "b": 2}}', "x.json", "the key “b” is there twice"),
        ("[" * 100_000, "x.json", "nested too deep"),
        ('{"a": {"b": ' + "9" * 5_000 + "}}", "x.json", "no valid JSON"),
        ("5", "x.json", "no facts of services: write {service: {key: value}}"),
        ("words", "x.yaml", "no facts of services"),
        ("", "x.yaml", "empty: write"),
        ("[]", "x.json", "empty: write"),
        ("\x00", "x.yaml", "holds a NUL character"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_what_to_write(of: Any, text: str, name: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        of(text, name)
    assert reason in str(refused.value)


def test_a_broken_document_beside_good_ones_is_told(of: Any) -> None:
    reading = of("cart: {a: 1}\n---\na: [\n---\nsearch: {a: 1}\n")
    assert [each.service for each in reading.told] == ["cart", "search"]
    assert ["document 2" in each for each in problems(reading)] == [True]
