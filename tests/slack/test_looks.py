"""mine, show, report, help, menu, and what is said when nobody knows what was meant; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.slack.grammar import understand, verbs
from app.slack.verbs import VERBS
from app.workflow import best_practice, exemption, lifecycle, remediation
from tests.cast import Cast
from tests.slack.asking_looks import Desk, buttons
from tests.slack.asking_looks import desk as made


@pytest.fixture
def cast(begin: Any, clock: Any) -> Cast:
    return Cast(begin, clock)


@pytest.fixture
def desk(cast: Cast, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    return made(cast, engine, sessions, clock)


# mine


def test_nothing_waits_for_somebody_new(desk: Desk) -> None:
    assert "Nothing waits for you." in desk.says("mine", "Dev")


def test_overdue_items_come_first_with_buttons_that_a_second_click_does_not_repeat(desk: Desk) -> None:
    number = desk.cast.declare(commander_id=desk.cast.id("Ben"))
    later, sooner = desk.item(number, "Later", due_in=7), desk.item(number, "Sooner", due_in=0)
    desk.cast.clock.tick(days=2)
    shown = desk.says("mine")
    assert shown.index("Sooner") < shown.index("Later")
    assert "2 days overdue" in shown
    assert desk.buttons("mine")[:4] == [
        ("Done", "done", f"ACT-{sooner}"), ("+1 week", "snooze", f"ACT-{sooner} by 2026-03-11"),
        ("Done", "done", f"ACT-{later}"), ("+1 week", "snooze", f"ACT-{later} by 2026-03-16"),
    ]  # fmt: skip


def test_what_is_done_waits_for_whoever_leads_and_not_for_its_owner(desk: Desk) -> None:
    number = desk.cast.declare()
    item = desk.item(number, owner="Ben")
    desk.cast.do(remediation.step, item, "finish", by="Ben")
    assert ("Verify", "verify", f"ACT-{item}") in desk.buttons("mine")
    assert "Action items" not in desk.says("mine", "Ben")


def test_a_stage_waits_for_its_commander_and_then_for_its_facilitator(desk: Desk) -> None:
    number = desk.cast.declare(title="Search is slow")
    assert ("Resolve", "resolve", f"INC-{number}") in desk.buttons("mine")
    assert "Search is slow" not in desk.says("mine", "Ben")
    at_analysis = desk.cast.incident_at("analysis")
    assert ("Name the pattern", "pattern", f"INC-{at_analysis}") in desk.buttons("mine", "Ben")


def test_a_blocked_stage_can_be_unblocked(desk: Desk) -> None:
    number = desk.cast.declare()
    desk.cast.do(lifecycle.block, number, "resolution", why="The vendor sleeps.")
    assert ("Unblock", "unblock", f"INC-{number}") in desk.buttons("mine")


def test_a_practice_waits_for_an_owner_who_did_not_write_it(desk: Desk) -> None:
    made_one = desk.cast.practice(accepted=False)
    assert ("Read and accept", "", f"/practices/{made_one.number}") in desk.buttons("mine", "Ben")
    assert "Nothing waits" in desk.says("mine")
    assert "Nothing waits" in desk.says("mine", "Cleo")


def test_exemptions_wait_for_who_decides_and_are_told_before_they_end(desk: Desk) -> None:
    rule = desk.cast.practice()
    desk.cast.check(rule.number)
    desk.cast.report(500)
    day = (desk.cast.now + timedelta(days=10)).date()
    desk.cast.do(exemption.ask, rule.number, "search", reason="It is replaced.", expires_on=day, by="Cleo")
    assert "you decide" in desk.says("mine", "Ben")
    assert "Nothing waits" in desk.says("mine", "Cleo")
    desk.cast.do(exemption.exempt, rule.number, "checkout", reason="It is replaced.", expires_on=day)
    assert "its exemption ends on Thu 12 Mar 2026" in desk.says("mine", "Ben")


def test_more_than_fits_is_counted_with_a_link(desk: Desk) -> None:
    number = desk.cast.declare(commander_id=desk.cast.id("Ben"))
    for at in range(9):
        desk.item(number, f"Item {at}")
    shown = desk.says("mine")
    assert "(9)" in shown
    assert "and 4 more: <https://ratchet.example.com/?mine=1|" in shown


def test_due_counts_in_the_days_of_whoever_reads(desk: Desk) -> None:
    desk.item(desk.cast.declare(commander_id=desk.cast.id("Ben")), due_in=0)
    east = desk.asked("mine", time_zone="Pacific/Kiritimati").but(now=desk.cast.now.replace(hour=12))
    west = desk.asked("mine", time_zone="America/New_York").but(now=desk.cast.now.replace(hour=12))
    assert "1 day overdue" in str(VERBS["mine"](east).blocks)
    assert "*today*" in str(VERBS["mine"](west).blocks)


# show


def test_an_incident_is_shown_with_what_it_lacks_and_its_next_step(desk: Desk) -> None:
    number = desk.cast.declare()
    shown = desk.says(f"{number}")
    for words in (
        "Checkout is down",
        "SEV3",
        "Stage 2 of 8: Resolution",
        "Waits for Ana",
        "checkout",
        "State the impact",
    ):
        assert words in shown
    assert desk.buttons(f"show {number}") == [
        ("Resolve", "resolve", f"INC-{number}"), ("Open", "", f"/incidents/{number}")
    ]  # fmt: skip


def test_an_incident_that_lacks_nothing_can_be_completed(desk: Desk) -> None:
    number = desk.cast.declare()
    with desk.cast.begin() as work:
        desk.cast.fill(work, number, "resolution")
    assert "Nothing is missing" in desk.says(f"show {number}")
    assert desk.buttons(f"show {number}")[0] == ("Complete Resolution", "advance", f"INC-{number}")


@pytest.mark.parametrize("stage", ["resolution", "review", "remediation", "analysis", "best_practice"])
def test_every_stage_can_be_shown(desk: Desk, stage: str) -> None:
    number = desk.cast.incident_at(stage)
    assert f"INC-{number}" in desk.says(f"show inc-{number}")
    assert len(desk.buttons(f"show inc-{number}")) == 2


def test_a_closed_loop_offers_nothing_but_its_page(desk: Desk) -> None:
    number = desk.cast.incident_at("best_practice")
    rule = desk.cast.practice(incident_number=number)
    desk.cast.check(rule.number)
    desk.cast.report(50)
    assert desk.cast.stands(number) == ("adoption", "done")
    assert "The loop is closed" in desk.says(f"show {number}")
    assert desk.buttons(f"show {number}") == [("Open", "", f"/incidents/{number}")]


def test_what_was_known_and_not_adopted_is_told(desk: Desk) -> None:
    first = desk.cast.declare()
    rule = desk.cast.practice(incident_number=first)
    desk.cast.check(rule.number)
    desk.cast.report(500)
    desk.cast.clock.tick(days=1)
    number = desk.cast.declare()
    shown = desk.says(f"show {number}")
    assert f"learned from INC-{first}" in shown
    assert "Known lessons" in shown
    assert f"/practices/{rule.number}|BP-{rule.number}>: Calls have timeouts" in shown


def test_a_wrong_number_is_answered_with_those_that_there_are(desk: Desk) -> None:
    number = desk.cast.declare()
    item = desk.item(number)
    rule = desk.cast.practice()
    for typed, value in (("show inc-4200", f"INC-{number}"), ("show act-4200", f"ACT-{item}"),
                         ("show bp-4200", f"BP-{rule.number}")):  # fmt: skip
        assert "There is no " in desk.says(typed)
        assert [each[2] for each in desk.buttons(typed)] == [value]


def test_a_private_incident_and_its_items_are_not_shown_to_a_stranger(desk: Desk) -> None:
    number = desk.cast.declare(title="A secret", is_private=True)
    item = desk.item(number, "A secret too")
    assert "A secret" in desk.says(f"show {number}")
    for typed in (f"show {number}", f"show act-{item}", "find secret", f"find inc-{number}", f"find act-{item}",
                  "find sev3", "find ~checkout", "mine", "report"):  # fmt: skip
        assert "A secret" not in desk.says(typed, "Cleo")
    assert f"There is no ACT-{item}, or you may not see it." in desk.says(f"show act-{item}", "Cleo")
    assert "overdue" not in desk.says("report", "Cleo")


def test_an_item_is_shown_with_what_can_be_done_with_it_now(desk: Desk) -> None:
    number = desk.cast.declare()
    item = desk.item(number)
    assert [each[0] for each in desk.buttons(f"act-{item}")] == ["Done", "+1 week", "Open"]
    desk.cast.do(remediation.step, item, "finish")
    assert [each[0] for each in desk.buttons(f"act-{item}")] == ["Verify", "Open"]
    assert "done, not verified yet" in desk.says(f"act-{item}")
    desk.cast.do(remediation.step, item, "drop", why="The host is gone.")
    assert [each[0] for each in desk.buttons(f"act-{item}")] == ["Open"]


def test_a_practice_is_shown_with_its_adoption_and_who_has_not_adopted_it(desk: Desk) -> None:
    rule = desk.cast.practice()
    assert "not measured yet" in desk.says(f"bp-{rule.number}")
    assert desk.buttons(f"bp-{rule.number}")[0] == ("Give it a check", "automate", f"BP-{rule.number}")
    desk.cast.check(rule.number)
    desk.cast.report(50, "checkout")
    desk.cast.report(500, "cart")
    shown = desk.says(f"bp-{rule.number}")
    assert "1 of 3 services, 33 %" in shown
    assert "*Not adopted by* cart, search" in shown
    assert desk.buttons(f"bp-{rule.number}")[0] == ("We adopted it", "adopt", f"BP-{rule.number}")


def test_from_best_practice_on_the_next_step_is_of_the_practice_that_is_waited_for(desk: Desk) -> None:
    number = desk.cast.incident_at("best_practice")
    assert desk.buttons(f"show {number}")[0] == ("Propose a practice", "practice", f"INC-{number}")
    rule = desk.cast.practice(accepted=False, incident_number=number)
    steps = [("Read and accept", "", f"/practices/{rule.number}")]
    assert desk.buttons(f"show {number}")[:1] == steps
    desk.cast.do(best_practice.accept, rule.number, version=1, by="Ben")
    steps = [("Give it a check", "automate", f"BP-{rule.number}")]
    assert desk.buttons(f"show {number}")[:1] == steps
    assert steps[0] in buttons(desk.home())
    desk.cast.check(rule.number)
    steps = [("We adopted it", "adopt", f"BP-{rule.number}")]
    assert desk.buttons(f"show {number}")[:1] == steps
    assert steps[0] in buttons(desk.home())


def test_a_viewer_is_offered_no_step(desk: Desk) -> None:
    number = desk.cast.declare()
    assert desk.buttons(f"show {number}", "Dev") == [("Open", "", f"/incidents/{number}")]


def test_without_a_number_and_without_an_incident_here_a_choice_is_given(desk: Desk) -> None:
    assert "None is open" in desk.says("status")
    number = desk.cast.declare()
    assert [each[2] for each in desk.buttons("status")] == [f"INC-{number}"]


def test_every_button_is_understood_as_what_it_says(desk: Desk) -> None:
    number = desk.cast.declare()
    item = desk.item(number)
    for stage in ("review", "remediation", "analysis", "best_practice"):
        desk.cast.incident_at(stage)
    rule = desk.cast.practice(incident_number=desk.cast.incident_at("best_practice"))
    desk.cast.do(lifecycle.block, desk.cast.declare(), "resolution", why="The vendor sleeps.")
    shown = buttons(desk.home())
    for typed in ("mine", f"{number}", f"act-{item}", f"bp-{rule.number}", "", "help", "resovle 42"):
        shown += desk.buttons(typed)
    clicked = {(verb, value) for _, verb, value in shown if verb}
    assert {verb for verb, _ in clicked} == {
        "action", "automate", "declare", "done", "find", "help", "mine", "pattern", "practice", "report", "resolve",
        "review", "snooze", "unblock",
    }  # fmt: skip
    for verb, value in clicked:
        found = understand(f"{verb} {value}", today=desk.cast.now.date())  # as the door reads a click
        assert found.verb == verb
        assert " ".join(map(str, found.refs)) in value
        assert not found.problems or verb == "find"


# help, menu, unclear


def test_help_names_every_verb(desk: Desk) -> None:
    shown = desk.says("help")
    assert all(each.name in shown for each in verbs.VERBS)


@pytest.mark.parametrize("verb", [each.name for each in verbs.VERBS])
def test_there_is_help_for_every_verb(desk: Desk, verb: str) -> None:
    assert verbs.BY_NAME[verb].says in desk.says(f"help {verb}")


def test_the_menu_has_a_button_for_what_is_asked_most(desk: Desk) -> None:
    assert [each[1] for each in desk.buttons("")] == ["declare", "mine", "find", "report", "help"]


def test_a_slip_of_the_finger_changes_nothing_and_is_one_click_away_from_what_was_meant(desk: Desk) -> None:
    assert desk.buttons("resovle 42") == [
        ("resolve INC-42", "resolve", "INC-42"),
        ("Declare an incident with these words", "declare", "resovle 42"),
        ("Help", "help", "resolve"),
    ]
    shown = desk.says("resovle 42")
    assert "Nothing was done" in shown
    assert "did you mean resolve?" in shown


def test_nothing_that_was_typed_is_lost_on_the_way_to_what_was_meant(desk: Desk) -> None:
    (first, *_) = desk.buttons("INC-42 the database failed over")
    assert first == ("timeline INC-42", "timeline", "INC-42 the database failed over")
