"""Expressions while they are typed: a clear answer for every text, however wrong, slow, huge or hostile it is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from app.queries import trial
from tests.web.practices import Story, statements_of

CHECK, SELECTOR = "/practices/checks/try", "/practices/selector/try"
Ask = Callable[..., TestResponse]
HOSTILE = [
    "", " ", "\n", "facts[", "((((", "a" * 2_001, "x" * 500_000, "(" * 10_000, "[" * 30 + "]" * 30, "!" * 1_999,
    "-" * 1_999 + "1", '"""', "'", "\\", "\x00", "\x00true", "\ud7ff\U0010ffff", "é ü 日本", "true//", "//", "{}",
    "{1: 2}[3]", "1/0 == 1", "9223372036854775807 + 1 == 0", "facts.all(a, facts.all(b, facts.all(c, true)))",
    "facts.map(a, facts.map(b, a + b)).size() > 0", "service.name.matches('(a+)+$')", "service.name.matches('(')",
    "service.name.matches('[\\\\w]{1000}{1000}')", "'a'.matches('" + "a?" * 200 + "a" * 200 + "')",
    " || ".join(["true"] * 400), "true ? " * 30 + "true", "dyn(1) == 'x'", "timestamp('x') == timestamp('y')",
    "duration('1h') > duration('9999999999h')", "facts.size()", "facts == facts", "import os", "__import__('os')",
    "service.__class__", "{{ 7 * 7 }}", "<script>alert(1)</script>", "${facts}", "'; drop table fact; --",
    "facts[facts]", "[1, 2, 3].map(x, [x, x]).map(x, [x, x]).size() > 0", "string(facts) == ''",
]  # fmt: skip


@pytest.fixture
def story(begin: Any, clock: Any) -> Story:
    return Story(begin, clock)


@pytest.fixture
def ask(story: Story, client_of: Callable[[Any], FlaskClient]) -> Ask:
    """Ask as the page does: with the token in a header, for JSON."""
    clients: dict[str, tuple[FlaskClient, str]] = {}

    def post(url: str, text: str, by: str = "Ana", **more: str) -> TestResponse:
        if by not in clients:
            client = client_of(story.people[by])
            token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/practices").text)
            assert token
            clients[by] = (client, token[1])
        client, csrf = clients[by]
        headers = {"X-CSRFToken": csrf, "Accept": "application/json"}
        return client.post(url, data={"expression": text, **more}, headers=headers)

    return post


def test_a_check_says_what_it_says_about_the_chosen_service_and_which_facts_it_read(story: Story, ask: Ask) -> None:
    story.clock.tick(hours=3)
    text = 'facts["timeout"] < 100 || facts["breaker"]'
    found = ask(CHECK, text, service="checkout").get_json()
    assert (found["result"], found["service"]) == ("pass", "checkout")
    assert found["facts"] == [
        {"key": "breaker", "value": "", "source": "", "at": "", "age": ""},
        {"key": "timeout", "value": "50", "source": "test", "at": "2026-03-02T09:00:00Z", "age": "3 h"},
    ]
    assert ask(CHECK, 'facts["timeout"] < 100', service="search").get_json()["result"] == "fail"
    lost = ask(CHECK, 'facts["breaker"]', service="search").get_json()
    assert (lost["result"], "breaker" in lost["message"]) == ("error", True)


def test_the_first_service_that_the_practice_applies_to_is_chosen_unless_one_is(story: Story, ask: Ask) -> None:
    found = ask(CHECK, "true", selector="service.tier == 2").get_json()
    assert (found["service"], found["does_apply"], found["result"]) == ("search", True, "pass")
    other = ask(CHECK, "true", selector="service.tier == 2", service="checkout").get_json()
    assert (other["service"], other["does_apply"]) == ("checkout", False)
    nobody = ask(CHECK, "true", selector="false").get_json()
    assert (nobody["result"], nobody["service"]) == ("error", None)
    assert "applies to no service" in nobody["message"]
    unknown = ask(CHECK, "true", service="che'ckout\x00").get_json()
    assert "There is no service che'ckout" in unknown["message"]
    assert ask(CHECK, "true", service="mail").get_json()["message"] == "The service has not reported any facts."


def test_a_mistake_has_its_line_and_column_as_they_stand_in_the_text(story: Story, ask: Ask) -> None:
    found = ask(CHECK, 'facts["a"] == 1 &&\r\n  facts[ < 3', service="checkout").get_json()
    assert (found["result"], found["place"]) == ("unreadable", {"line": 2, "column": 10})
    assert "line 2, column 10" in found["message"]
    assert ask(SELECTOR, "  service.(").get_json()["place"] == {"line": 1, "column": 11}
    huge = ask(CHECK, "a" * 2_001).get_json()
    assert (huge["place"], "Shorten the expression to 2000 characters" in huge["message"]) == (None, True)


def test_a_selector_counts_and_names_whom_it_means(story: Story, ask: Ask) -> None:
    for at in range(30):
        story.add_service(f"many-{at:02}", 4)
    found = ask(SELECTOR, "service.tier == 4").get_json()
    assert (found["count"], found["out_of"], found["looked_at"], len(found["names"])) == (30, 33, 33, 20)
    assert found["names"][0] == "many-00"
    assert len(ask(SELECTOR, "service.tier == 4", all="yes").get_json()["names"]) == 30
    assert ask(SELECTOR, " ").get_json()["count"] == 33  # nothing typed means every service
    fails = ask(SELECTOR, 'facts["timeout"] > 100').get_json()
    assert (fails["count"], fails["failing_count"], "timeout" in fails["failing_because"]) == (1, 31, True)


def test_a_selector_that_takes_too_long_says_how_far_it_came(
    story: Story, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "SECONDS_MAX", -1.0)
    found = ask(SELECTOR, "true").get_json()
    assert (found["looked_at"], found["out_of"], found["is_readable"]) == (0, 3, True)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_answered_in_words_and_in_time(story: Story, ask: Ask, text: str) -> None:
    story.report("checkout", {"hosts": [f"host-{at}" for at in range(300)], "a": {"b": {"c": "x" * 2_000}}})
    started = time.perf_counter()
    for url in (CHECK, SELECTOR):
        answer = ask(url, text, service="checkout", selector=text)
        assert answer.status_code == 200
        found = answer.get_json()
        assert found.get("result") in ("pass", "fail", "error", "unreadable", None)
        if found.get("result") in ("error", "unreadable"):
            assert found["message"].endswith(".")
            assert "Traceback" not in found["message"]
            assert len(found["message"]) < 500
    assert time.perf_counter() - started < 3


def test_who_may_not_write_may_not_try(ask: Ask) -> None:
    for by, url, status in (("Dev", CHECK, 403), ("Cleo", CHECK, 403), ("Dev", SELECTOR, 403), ("Cleo", SELECTOR, 200)):
        answer = ask(url, "true", by)
        assert answer.status_code == status, (by, url)
        assert answer.is_json


def test_without_its_token_or_its_person_nothing_is_tried(story: Story, app: Any, client_of: Any) -> None:
    assert client_of(story.people["Ana"]).post(CHECK, data={"expression": "true"}).status_code == 400
    assert app.test_client().post(CHECK, data={"expression": "true"}).status_code in (400, 401)


def test_many_services_take_as_many_statements_as_few(story: Story, ask: Ask, engine: Engine) -> None:
    def one() -> int:
        return statements_of(engine, lambda: ask(CHECK, 'facts["timeout"] < 1', service="checkout"))

    def all_of_them() -> int:
        return statements_of(engine, lambda: ask(SELECTOR, "true"))

    ask(CHECK, "true")
    few = one(), all_of_them()
    for at in range(12):
        story.add_service(f"many-{at:02}", 4)
    assert (one(), all_of_them()) == few


def test_a_large_fact_is_shortened_where_it_is_shown(story: Story, ask: Ask) -> None:
    story.report("checkout", {"long": "x" * 5_000})
    shown = ask(CHECK, 'facts["long"] != ""', service="checkout").get_json()["facts"]
    assert len(shown[0]["value"]) == trial.VALUE_MAX
