"""The App Home: what is on it for whom, within Slack's limits, with a fixed number of statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.workflow import exemption
from tests.cast import Cast
from tests.slack.asking_looks import Desk, buttons
from tests.slack.asking_looks import desk as made
from tests.web.practices import statements_of


@pytest.fixture
def cast(begin: Any, clock: Any) -> Cast:
    return Cast(begin, clock)


@pytest.fixture
def desk(cast: Cast, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    return made(cast, engine, sessions, clock)


def test_a_newcomer_reads_what_there_will_be_and_how_to_begin(desk: Desk) -> None:
    shown = desk.sees("Dev")
    for words in ("Nothing waits for you.", "You belong to no team yet", "None is open", "checkout is down sev2"):
        assert words in shown


def test_a_viewer_is_not_offered_what_they_may_not_do(desk: Desk) -> None:
    number = desk.cast.declare()
    verbs = {verb for _, verb, _ in buttons(desk.home("Dev"))}
    assert verbs == {"find", "report", "help", "", "show"}
    assert ("Show", "show", f"INC-{number}") in buttons(desk.home("Dev"))


def test_home_shows_items_stages_practices_of_my_teams_and_open_incidents(desk: Desk) -> None:
    number = desk.cast.declare(title="Checkout is slow")
    item = desk.item(number)
    rule = desk.cast.practice()
    desk.cast.check(rule.number)
    desk.cast.report(500, "checkout")
    desk.cast.report(50, "search")
    day = (desk.cast.now + timedelta(days=3)).date()
    desk.cast.do(exemption.exempt, rule.number, "cart", reason="It is replaced.", expires_on=day)
    shown, seen = buttons(desk.home()), desk.sees()
    for each in (("Done", "done", f"ACT-{item}"), ("Resolve", "resolve", f"INC-{number}"),
                 ("We adopted it", "adopt", f"BP-{rule.number}")):  # fmt: skip
        assert each in shown
    assert "not adopted by *1* of your 1 service · everywhere: 1 of 2 services, 50 %" in seen
    assert "cart on" in seen
    assert "its exemption ends on Thu 5 Mar 2026" in seen
    assert "|Shop>" in seen
    assert "Search>" not in seen


def test_my_incidents_come_first_and_then_the_newest(desk: Desk) -> None:
    mine = desk.cast.declare(title="Mine")
    desk.cast.clock.tick(hours=1)
    old = desk.cast.declare(title="Older", commander_id=desk.cast.id("Ben"), by="Ben")
    desk.cast.clock.tick(hours=1)
    new = desk.cast.declare(title="Newer", commander_id=desk.cast.id("Ben"), by="Ben")
    seen = desk.sees().split("Open incidents")[1]
    places = [seen.index(f"|INC-{each}>") for each in (mine, new, old)]
    assert places == sorted(places)
    assert seen.count("*yours*") == 1


def test_a_private_incident_is_on_nobody_else_s_home_not_even_as_a_number(desk: Desk) -> None:
    number = desk.cast.declare(title="A secret", is_private=True)
    desk.item(number, "A secret item")
    assert "🔒" in desk.sees()
    for name in ("Ben", "Cleo", "Dev"):
        assert "A secret" not in desk.sees(name)
        assert "None is open" in desk.sees(name)


def test_pages_are_turned_by_buttons_and_a_page_that_is_gone_is_the_last_one(desk: Desk) -> None:
    numbers = [desk.cast.declare(title=f"Storm {at}") for at in range(21)]
    assert ("Older", "home", "2") in buttons(desk.home())
    assert not [each for each in buttons(desk.home()) if each[0] == "Newer"]
    second = buttons(desk.home(page=2))
    assert ("Newer", "home", "1") in second
    assert ("Older", "home", "3") in second
    for page in (3, 4, 10**30):
        assert "Page 3 of 3" in desk.sees(page=page)
    assert "Page 1 of 3" in desk.sees(page=-5)
    seen = "".join(desk.sees(page=page).split("Open incidents")[1] for page in (1, 2, 3))
    assert all(f"|INC-{each}>" in seen for each in numbers)


def test_home_stays_within_its_limits_with_everything_full(desk: Desk) -> None:
    for at in range(21):  # three pages
        number = desk.cast.declare(title=f"{at} " + "<&>" * 60)
        desk.item(number, "&" * 200)
    for _ in range(8):
        rule = desk.cast.practice(statement="&" * 200)
        desk.cast.check(rule.number)
        desk.cast.practice(statement="&" * 200, accepted=False)
        desk.cast.practice(statement="&" * 200, accepted=False, by="Ben")
    desk.cast.report(500)
    assert len(desk.home(page=2)) <= 100
    assert len(desk.answer("mine").blocks) <= 50


def test_home_asks_as_many_questions_for_two_pages_of_incidents_as_for_one_incident(desk: Desk, engine: Engine) -> None:
    def fill(count: int) -> None:
        for at in range(count):
            number = desk.cast.declare(title=f"Storm {at}")
            desk.item(number)

    fill(1)
    rule = desk.cast.practice()
    desk.cast.check(rule.number)
    desk.cast.report(500)
    few = statements_of(engine, desk.home)
    fill(14)
    for _ in range(4):
        desk.cast.check(desk.cast.practice().number)
    assert statements_of(engine, desk.home) == few
    assert 0 < few <= 12


@pytest.mark.parametrize("typed", ["mine", "find storm", "report"])
def test_looking_asks_as_many_questions_for_much_as_for_little(desk: Desk, engine: Engine, typed: str) -> None:
    desk.item(desk.cast.declare(title="Storm"))
    few = statements_of(engine, lambda: desk.answer(typed))
    for _ in range(11):  # more than any answer lists
        desk.item(desk.cast.declare(title="Storm"))
    assert statements_of(engine, lambda: desk.answer(typed)) == few
