"""Stage 7: checks are written in dry run, count when they are activated, and stop counting for a reason."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Conflict, NotAllowed, NotFound, Refused
from app.queries.practice import history
from app.workflow import automation, best_practice, lifecycle
from tests.cast import Cast, sentences


def told(expression: str = 'facts["timeout"] < 100', **other: Any) -> automation.Told:
    return automation.Told(**{"kind": "facts", "expression": expression, **other})


def test_a_new_check_is_in_dry_run_and_tells_nobody(cast: Cast) -> None:
    practice = cast.practice()
    cast.report(50)
    check = cast.check(practice.number, active=False)
    assert (check.state, cast.practice_state(practice.number)) == ("dry_run", "accepted")
    assert cast.heard("CheckActivated") == []


def test_an_active_check_completes_automation_of_linked_incidents(cast: Cast) -> None:
    practice = cast.practice()
    number = cast.incident_at("best_practice")
    cast.do(best_practice.link, number, [practice.id])
    check = cast.check(practice.number, active=False)
    with pytest.raises(Refused) as refused:
        cast.do(lifecycle.advance, number, "automation")
    assert sentences(refused) == ["BP-1 needs an active check."]
    cast.do(automation.activate, check.id, version=1)
    assert cast.practice_state(1) == "automated"
    assert cast.stands(number) == ("adoption", "active")
    assert cast.heard("AutomationReached") == ["incidents"]
    with pytest.raises(Refused, match="active already"):
        cast.do(automation.activate, check.id, version=2, by="Ben")


def test_a_check_of_a_practice_that_nobody_has_accepted_is_not_activated(cast: Cast) -> None:
    practice = cast.practice(accepted=False)
    check = cast.check(practice.number, active=False)
    with pytest.raises(Refused, match="must be accepted before its check is activated"):
        cast.do(automation.activate, check.id, version=1)
    assert cast.practice_state(practice.number) == "proposed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"expression": ""}, {"expression": "facts["}, {"kind": "guess"}, {"freshness_days": 0},
        {"freshness_days": None},
        {"kind": "attested", "expression": "Was it tried?"}, {"kind": "attested", "expression": "", "because": "x"},
    ],
)  # fmt: skip
def test_a_wrong_check_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    practice = cast.practice()
    with pytest.raises(Refused):
        cast.do(automation.write, practice.number, told(**wrong))


def test_only_owners_write_activate_and_switch_off(cast: Cast) -> None:
    practice = cast.practice()
    check = cast.check(practice.number, active=False)
    for name in ("Cleo", "Dev"):
        for step, what, how in (
            (automation.write, (practice.number, told()), {}),
            (automation.edit, (check.id, told("true")), {"version": 1}),
            (automation.activate, (check.id,), {"version": 1}),
            (automation.switch_off, (check.id,), {"why": "x"}),
        ):
            with pytest.raises(NotAllowed):
                cast.do(step, *what, by=name, **how)


def test_two_people_who_edit_a_check_do_not_overwrite_each_other(cast: Cast) -> None:
    check = cast.check(cast.practice().number, active=False)
    cast.do(automation.edit, check.id, told("facts.a == 1"), version=1, by="Ben")
    for step, what in ((automation.edit, (check.id, told("facts.b == 1"))), (automation.activate, (check.id,))):
        with pytest.raises(Conflict) as conflict:
            cast.do(step, *what, version=1)
        assert (conflict.value.who, conflict.value.saved["expression"]) == ("Ben", "facts.a == 1")
    assert cast.do(automation.edit, check.id, told("facts.a == 1"), version=2).version == 2


def test_an_active_check_keeps_its_kind(cast: Cast) -> None:
    check = cast.check(cast.practice().number)
    with pytest.raises(Refused, match="Switch the check off before you change its kind"):
        cast.do(automation.edit, check.id, told("Was it?", kind="attested", because="No machine."), version=2)


def test_switching_off_needs_a_reason_and_a_check_that_is_on(cast: Cast) -> None:
    check = cast.check(cast.practice().number)
    with pytest.raises(Refused, match="Say why it is switched off"):
        cast.do(automation.switch_off, check.id, why=" ")
    cast.do(automation.switch_off, check.id, why="The fact is wrong.")
    with pytest.raises(Refused, match="off already"):
        cast.do(automation.switch_off, check.id, why="Twice.")
    assert cast.do(automation.activate, check.id, version=3).state == "active"


def test_there_is_no_other_check(cast: Cast) -> None:
    with pytest.raises(NotFound, match="There is no such check"):
        cast.do(automation.activate, 999_999_999, version=1)
    with pytest.raises(NotFound, match="There is no BP-9"):
        cast.do(automation.write, 9, told())


def test_a_reported_check_is_the_name_of_a_test_and_an_experiment_may_be_any(cast: Cast) -> None:
    practice = cast.practice()
    drill = cast.do(automation.write, practice.number, told(" restore\n drill ", kind="reported"))
    named = cast.do(automation.write, practice.number, told("Kill a replica", kind="experiment"))
    some = cast.do(automation.write, practice.number, told("", kind="experiment"))
    assert [each.expression for each in (drill, named, some)] == ["restore drill", "Kill a replica", ""]
    with pytest.raises(Refused, match="Write the name of the test that reports"):
        cast.do(automation.write, practice.number, told("", kind="reported"))
    written = cast.look(lambda session: [each.why for each in history(session, practice.id)])
    assert written[0] == "Any experiment"


@pytest.mark.parametrize("kind", ["reported", "experiment"])
def test_a_check_of_any_kind_is_activated_and_completes_automation(cast: Cast, kind: str) -> None:
    practice = cast.practice()
    check = cast.check(practice.number, "restore-drill", kind=kind)
    assert (check.state, cast.practice_state(practice.number)) == ("active", "automated")


@pytest.mark.parametrize("kind", ["reported", "experiment", "attested"])
def test_what_is_no_expression_is_not_read_as_one(cast: Cast, kind: str) -> None:
    practice = cast.practice()
    about = {"kind": kind, "because": "By hand."}
    assert cast.do(automation.write, practice.number, told("1 <", **about)).expression == "1 <"
    with pytest.raises(Refused, match="Shorten this to 300"):
        cast.do(automation.write, practice.number, told("x" * 301, **about))
    with pytest.raises(Refused, match="NUL"):
        cast.do(automation.write, practice.number, told("x\x00y", **about))
