"""The starter catalogue on the web: what each known practice would say here, and switching it on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from app.models.best_practice import Practice
from app.models.catalog import Service
from app.starter.catalogue import starters
from tests.web.practices import Story, send, statements_of

URL = "/practices/starter"


@pytest.fixture
def story(begin: Any, clock: Any) -> Story:
    return Story(begin, clock)


@pytest.fixture
def as_(story: Story, client_of: Callable[[Any], FlaskClient]) -> Callable[[str], FlaskClient]:
    return lambda name: client_of(story.people[name])


def offer(page: str, key: str) -> str:
    """The part of the page that is about one practice."""
    return page[page.index(f'id="{key}"') :].split("</article>", maxsplit=1)[0]


def test_the_page_offers_every_known_practice_with_its_reason_and_check(story: Story, as_: Any) -> None:
    page = as_("Dev").get(URL).text
    assert len(starters()) == 25
    assert page.count("<article") == 25
    shown = offer(page, "timeouts")
    known = starters()[0]
    assert known.key == "timeouts"
    for words in (known.statement, known.why, known.selector.replace("<", "&lt;"), "http.timeout_ms"):
        assert words in shown


def test_it_says_whom_a_practice_means_and_what_its_check_would_say(story: Story, as_: Any) -> None:
    story.report("checkout", {"http.timeout_ms": 500})
    story.report("search", {"http.timeout_ms": 5000})
    shown = offer(as_("Dev").get(URL).text, "timeouts")
    assert "Applies to 3 of 3 services now" in shown
    for result in ("Pass", "Fail", "Nothing known"):
        assert re.search(rf"{result}</span> 1</span>", shown), result
    assert "reported by 2 services" in shown
    assert "No service reports the facts" not in shown


def test_it_says_when_nobody_reports_what_a_check_asks_for(story: Story, as_: Any) -> None:
    assert "No service reports the facts that it asks for yet." in offer(as_("Dev").get(URL).text, "timeouts")


def test_an_owner_switches_it_on_and_is_led_to_its_check(story: Story, as_: Any, session: Any) -> None:
    ana = as_("Ana")
    answer = send(ana, f"{URL}/timeouts/switch_on")
    assert answer.headers["Location"] == "/practices/1#checks"
    page = ana.get("/practices/1").text
    assert "BP-1 is on. Look at what its check says, then activate it." in page
    assert "Ratchet&#39;s starter catalogue" in page
    assert "Switched on a practice of the starter catalogue" in page
    assert "If it were active now:" in page
    assert session.scalar(select(Practice.state)) == "accepted"
    shown = offer(ana.get(URL).text, "timeouts")
    assert 'href="/practices/1"' in shown
    assert "Switch on" not in shown


def test_a_second_click_is_told_that_it_is_on(story: Story, as_: Any, session: Any) -> None:
    send(as_("Ana"), f"{URL}/timeouts/switch_on")
    for name in ("Ana", "Ben"):
        assert send(as_(name), f"{URL}/timeouts/switch_on").headers["Location"] == f"{URL}#timeouts"
    client = as_("Ben")
    send(client, f"{URL}/timeouts/switch_on")
    assert "It is on already: BP-1." in client.get(URL).text
    assert session.scalar(select(func.count()).select_from(Practice)) == 1


def test_only_owners_are_offered_to_switch_on(story: Story, as_: Any) -> None:
    for name in ("Cleo", "Dev"):
        page = as_(name).get(URL).text
        assert "/switch_on" not in page
        assert "An owner can switch one on." in page
        assert send(as_(name), f"{URL}/timeouts/switch_on").status_code == 403


@pytest.mark.parametrize("key", ["free-lunch", "..", "%00", "x" * 500])
def test_there_is_no_other_practice_to_switch_on(story: Story, as_: Any, key: str) -> None:
    assert send(as_("Ana"), f"{URL}/{key}/switch_on").status_code == 404


def test_practices_are_found_by_words_facts_and_area(story: Story, as_: Any) -> None:
    reader = as_("Dev")
    assert 'id="timeouts"' in reader.get(f"{URL}?q=http.timeout_ms").text
    assert 'id="timeouts"' in reader.get(f"{URL}?q=TIMEOUT+call&area=dependency").text
    scale = reader.get(f"{URL}?area=scale").text
    assert 'id="timeouts"' not in scale
    assert scale.count("<article") == sum(each.area == "scale" for each in starters())
    nothing = reader.get(f"{URL}?q=unicorn").text
    assert "No known practice matches" in nothing
    assert reader.get(f"{URL}?q=%00&area=%00").status_code == 200


def test_an_empty_catalogue_is_no_error(story: Story, as_: Any, begin: Any) -> None:
    with begin() as work:
        for service in work.session.scalars(select(Service)):
            service.is_retired = True
    assert "Applies to 0 of 0 services now" in as_("Dev").get(URL).text


def test_the_page_takes_as_many_statements_for_many_services(story: Story, as_: Any, engine: Engine) -> None:
    reader = as_("Ana")
    reader.get(URL)
    few = statements_of(engine, lambda: reader.get(URL))
    for at in range(12):
        story.add_service(f"many-{at:02}", 1)
        story.report(f"many-{at:02}", {"http.timeout_ms": 500, "kubernetes.replicas": 2})
    for key in ("timeouts", "retry-budget", "fallback"):
        send(reader, f"{URL}/{key}/switch_on")
        reader.get("/practices")
    assert statements_of(engine, lambda: reader.get(URL)) == few


def test_the_list_of_practices_leads_here(story: Story, as_: Any) -> None:
    assert "Start from 25 known practices" in as_("Dev").get("/practices").text
