"""Naming patterns from Slack: for one incident with its form, for several at once; and what an old button says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import Conflict, NotAllowed, Refused
from app.models.analysis import Pattern
from app.models.incident import Incident
from app.slack.asked import Opened
from app.slack.grammar import Ref, Understood
from app.slack.grammar.understood import INCIDENT
from app.slack.verbs import VERBS
from app.workflow.receipt import AlreadyDone
from tests.slack.asking import fits, opened_fits
from tests.slack.asking_cycle import Desk, buttons, open_desk
from tests.slack.company import Company
from tests.unit.slack.test_messages import anything


@pytest.fixture
def desk(office: Company, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    return open_desk(office, engine, sessions, clock)


def _opened(desk: Desk, text: str) -> Any:
    opened = desk.say(text, desk.rita).form
    assert opened
    return opened


def test_several_incidents_are_given_one_pattern_in_one_step(desk: Desk) -> None:
    one, two = desk.incident("Checkout is down"), desk.incident("Search is down")
    answer = desk.say(f"pattern inc-{one.number} inc-{two.number} no canary probe", desk.rita)
    assert "have the pattern *no canary probe*, a new pattern" in answer.text
    ids = {found.pattern_id for found in (desk.analysis(one), desk.analysis(two)) if found}
    assert len(ids) == 1
    assert None not in ids
    assert list(buttons(answer)) == [f"Decide on INC-{one.number}", f"Decide on INC-{two.number}"]


def test_a_known_pattern_is_found_by_nearly_its_name(desk: Desk) -> None:
    desk.analyse(desk.incident("First"), pattern="Retry storm")
    one, two = desk.incident("Second"), desk.incident("Third")
    answer = desk.say(f"pattern inc-{one.number} inc-{two.number} retry-storms", desk.rita)
    assert "*Retry storm*, a known pattern" in answer.text
    assert len(desk.read(select(Pattern))) == 1


@pytest.mark.parametrize(
    ("kept", "typed", "is_same"),
    [
        ("Retry storm", "rerty storm", True), ("retry storm", "retry  Storms!", True),
        ("unsafe retry", "safe retry", False), ("disk full on db-1", "disk full on db-2", False),
        ("cache miss", "cache mist", False), ("retry storm", "retry", False), ("retry storm", "storm retry", False),
    ],
)  # fmt: skip
def test_a_slip_of_the_finger_is_forgiven_another_meaning_is_not(
    desk: Desk, kept: str, typed: str, is_same: bool
) -> None:
    desk.analyse(desk.incident("First"), pattern=kept)
    one, two = desk.incident("Second"), desk.incident("Third")
    answer = desk.say(f"pattern inc-{one.number} inc-{two.number} {typed}", desk.rita)
    assert ("a known pattern" in answer.text) is is_same
    assert len(desk.read(select(Pattern))) == (1 if is_same else 2)


def test_incidents_that_are_elsewhere_are_left_and_named(desk: Desk) -> None:
    here, there = desk.incident("Here"), desk.incident("There", until="review")
    answer = desk.say(f"pattern inc-{here.number} inc-{there.number} retry storm", desk.rita)
    assert f"INC-{there.number} was left as it is: it is at Review." in answer.text
    assert desk.analysis(here)
    assert desk.analysis(there) is None


def test_when_none_of_them_is_at_analysis_nothing_is_changed(desk: Desk) -> None:
    one, two = desk.incident("One", until="review"), desk.incident("Two", until="resolution")
    with pytest.raises(Refused, match="None of them is at Analysis"):
        desk.say(f"pattern inc-{one.number} inc-{two.number} retry storm", desk.rita)
    assert desk.read(select(func.count()).select_from(Pattern)) == [0]


def test_several_incidents_without_a_name_are_asked_for_it(desk: Desk) -> None:
    one, two = desk.incident("One"), desk.incident("Two")
    answer = desk.say(f"pattern inc-{one.number} inc-{two.number}", desk.rita)
    assert "Name the pattern too" in answer.text


def test_a_viewer_may_name_no_pattern(desk: Desk) -> None:
    one, two = desk.incident("One"), desk.incident("Two")
    with pytest.raises(NotAllowed):
        desk.say(f"pattern inc-{one.number} inc-{two.number} retry storm", desk.office.dev)
    opened = _opened(desk, f"pattern inc-{one.number} retry storm")
    with pytest.raises(NotAllowed):
        desk.submit(opened, desk.office.dev)
    assert desk.analysis(one) is None


def test_a_wrong_number_offers_what_is_open(desk: Desk) -> None:
    of = desk.incident()
    answer = desk.say("pattern inc-999 retry storm", desk.rita)
    assert "There is no INC-999" in answer.text
    assert any(each["value"].startswith(f"INC-{of.number}") for each in buttons(answer).values())


def test_a_private_incident_is_not_named_to_a_stranger(desk: Desk) -> None:
    of = desk.incident("Breach", is_private=True)
    answer = desk.say(f"pattern inc-{of.number} retry storm", desk.rita)
    assert "or you may not see it" in answer.text
    assert "Breach" not in answer.text


def test_the_form_holds_what_was_typed_and_completes_the_stage_when_nothing_is_missing(desk: Desk) -> None:
    of = desk.incident()
    opened = _opened(desk, f"pattern inc-{of.number} no canary probe")
    assert opened.filled["new_pattern"] == "no canary probe"
    answer = desk.submit(opened, desk.rita, decision="new", reason="Nothing watched the money path.")
    assert f"INC-{of.number}> is analysed." in answer.text
    assert "Best practice waits for" in answer.text
    assert desk.of(of).stage == "best_practice"
    assert buttons(answer)["Propose a practice"]["value"] == f"INC-{of.number}"


def test_an_unfinished_analysis_is_kept_and_says_what_it_lacks(desk: Desk) -> None:
    of = desk.incident()
    answer = desk.submit(_opened(desk, f"pattern inc-{of.number} retry storm"), desk.rita)
    assert "Decide: a new practice, a known practice, or none." in answer.text
    assert desk.of(of).stage == "analysis"
    kept = _opened(desk, f"pattern inc-{of.number}")
    assert kept.filled["pattern"][1] == "retry storm"


def test_the_same_form_sent_twice_changes_something_once(desk: Desk) -> None:
    opened = _opened(desk, f"pattern inc-{desk.incident().number} retry storm")
    desk.submit(opened, desk.rita, key="once")
    with pytest.raises(AlreadyDone):
        desk.submit(opened, desk.rita, key="once")


def test_two_people_never_overwrite_each_other(desk: Desk) -> None:
    of = desk.incident()
    first, second = (_opened(desk, f"pattern inc-{of.number} retry storm") for _ in range(2))
    desk.submit(first, desk.rita, reason="First.")
    with pytest.raises(Conflict):
        desk.submit(second, desk.office.ana, reason="Second.")
    kept = desk.analysis(of)
    assert kept
    assert kept.reason == "First."


def test_what_another_person_linked_meanwhile_stays_linked(desk: Desk) -> None:
    of = desk.incident()
    opened = _opened(desk, f"pattern inc-{of.number} retry storm")
    mine = desk.row(int(desk.practice()[3:]))
    desk.submit(desk.say(f"bp inc-{of.number} retries have a budget", desk.rita).form, desk.rita, why="x",
                area="scale")  # fmt: skip
    desk.submit(opened, desk.rita, practice_ids=[str(mine.id)])
    again = _opened(desk, f"pattern inc-{of.number}")
    assert len(again.about["linked"]) == 2


def test_an_old_button_says_where_it_stands_now(desk: Desk) -> None:
    of = desk.incident()
    desk.analyse(of)
    answer = desk.click(("pattern", f"INC-{of.number}"), desk.rita)
    assert "is analysed already. Its pattern: *retry storm*." in answer.text
    assert "Best practice waits for" in answer.text


def test_patterns_are_looked_up_by_their_words_and_private_ones_only_by_insiders(desk: Desk) -> None:
    desk.analyse(desk.incident("One"), pattern="Retry storm")
    desk.analyse(desk.incident("Two", is_private=True), pattern="Leaked key")
    assert [words for _, words in desk.look_up("pattern", "storm", desk.rita)] == ["Retry storm"]
    assert [words for _, words in desk.look_up("pattern", "", desk.rita)] == ["Retry storm"]
    assert len(desk.look_up("pattern", "", desk.office.ana)) == 2


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything)
def test_whatever_was_typed_the_form_is_one_that_slack_accepts(text: str) -> None:
    filled = {"title": f"INC-1 {text}", "pattern": ("1", text), "new_pattern": text, "reason": text,
              "practices": [("1", text)]}  # fmt: skip
    opened_fits(Opened("pattern", filled))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything.filter(lambda text: bool(text.replace("\x00", "").strip())))
def test_whatever_a_pattern_is_called_it_can_be_said(desk: Desk, text: str) -> None:
    numbers = desk.read(select(Incident.number)) or [desk.incident().number for _ in range(2)]
    with desk.office.begin() as work:
        work.session.execute(update(Incident).values(title=f"Down {text.replace(chr(0), '')[:150]}"))
    refs = tuple(Ref(INCIDENT, each) for each in numbers)
    name = " ".join(text.replace("\x00", "").split())[:120]
    asked = desk.asked(Understood(typed=text, verb="pattern", refs=refs, words=name), desk.rita)
    fits(VERBS["pattern"](asked))
