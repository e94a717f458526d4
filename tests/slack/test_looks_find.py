"""find: what is found, for whom, and what is said when nothing is; whatever is typed, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import Refused
from app.slack.asked import Opened
from app.slack.grammar import Ref, Understood
from app.slack.verbs import FORMS
from tests.cast import Cast, snapshot
from tests.slack.asking import opened_fits
from tests.slack.asking_looks import Desk
from tests.slack.asking_looks import desk as made
from tests.unit.slack.test_messages import HOSTILE, anything

LOOKS = ("mine", "find", "show", "report", "help", "menu", "unclear")


@pytest.fixture
def cast(begin: Any, clock: Any) -> Cast:
    return Cast(begin, clock)


@pytest.fixture
def desk(cast: Cast, engine: Engine, sessions: sessionmaker[Session], clock: Any) -> Desk:
    return made(cast, engine, sessions, clock)


def test_incidents_practices_and_items_are_found_by_words_in_any_order(desk: Desk) -> None:
    number = desk.cast.declare(title="A retry storm in checkout")
    item = desk.item(number, "Limit the storm of every retry")
    rule = desk.cast.practice(statement="A retry has a budget against the storm")
    shown = desk.says("find storm RETRY")
    assert f"/incidents/{number}|INC-{number}> A retry storm in checkout · SEV3 · Resolution" in shown
    assert f"/incidents/{number}/remediation/items/{item}|ACT-{item}> Limit the storm" in shown
    assert f"/practices/{rule.number}|BP-{rule.number}> A retry has a budget" in shown


@pytest.mark.parametrize("typed", ["find inc-{0}", "find act-{1}", "find bp-{2}"])
def test_a_number_finds_what_it_names(desk: Desk, typed: str) -> None:
    number = desk.cast.declare(title="A retry storm")
    item, rule = desk.item(number, "Limit it"), desk.cast.practice()
    shown = desk.says(typed.format(number, item, rule.number))
    assert "1" in shown
    assert "Nothing found" not in shown


def test_nothing_found_says_what_to_try(desk: Desk) -> None:
    shown = desk.says("find unheard of")
    assert "Nothing found for “unheard of”" in shown
    assert "fewer or other words" in shown


def test_at_most_five_of_each_are_told_and_where_the_others_are(desk: Desk) -> None:
    number = desk.cast.declare(title="Storm 0")
    for at in range(6):
        desk.cast.declare(title=f"Storm {at + 1}")
        desk.item(number, f"Storm item {at}")
        desk.cast.practice(statement=f"Storm rule {at}")
    shown = desk.says("find storm")
    assert shown.count("• <https://ratchet.example.com/incidents/") == 5 + 5, "incidents and items"
    assert "There are more: <https://ratchet.example.com/?stage=all&amp;q=storm|the board>" in shown
    assert "and 1 more: <https://ratchet.example.com/practices?state=all|" in shown
    assert "and 1 more: type more words." in shown
    narrow = desk.says("find storm sev3 ~shop")
    assert "/?stage=all&amp;q=storm&amp;severity=SEV3&amp;team=shop|the board>" in narrow


def test_a_severity_and_a_label_narrow_it(desk: Desk) -> None:
    first = desk.cast.declare(title="Storm one", severity="SEV1")
    second = desk.cast.declare(title="Storm two", service_ids=[desk.cast.services["search"]])
    assert f"INC-{first}>" in desk.says("find storm sev1")
    assert "Storm two" not in desk.says("find storm sev1")
    for typed in ("find storm ~search", "find ~Search", "find storm ~shop sev3"):
        assert ("Storm two" in desk.says(typed)) is ("shop" not in typed)
        assert "Storm one" not in desk.says(typed)
    assert f"INC-{second}>" in desk.says("find ~search")


def test_a_label_finds_the_practices_that_apply_there(desk: Desk) -> None:
    rule = desk.cast.practice(selector='service.name == "cart"')
    desk.cast.check(rule.number)
    assert f"BP-{rule.number}>" in desk.says("find ~cart")
    assert f"BP-{rule.number}>" in desk.says("find ~shop")
    assert "Nothing found for ~search" in desk.says("find ~search")


def test_a_label_that_nobody_has_is_said_and_not_left_out(desk: Desk) -> None:
    desk.cast.declare(title="Storm one")
    assert desk.says("find storm ~nobody") == "No team and no service is called ~nobody. Nothing was looked for."
    assert "at a time" in desk.says("find storm ~shop ~search")


def test_of_two_severities_neither_is_taken_and_that_is_said(desk: Desk) -> None:
    desk.cast.declare(title="Storm")
    assert "Several severities were given, SEV1, SEV2: keep one severity." in desk.says("find storm sev1 sev2")


def test_nothing_to_look_for_opens_the_form_and_the_form_finds(desk: Desk) -> None:
    found = desk.answer(Understood("find", "find"))
    assert found.form is not None
    assert found.form.form == "find"
    assert FORMS["find"].is_wanted(Understood("find", "find"))
    desk.cast.declare(title="A retry storm")
    assert "Found for “storm” SEV3" in desk.submit("find", words="storm sev3").text
    with pytest.raises(Refused) as refused:
        desk.submit("find", words=" \u0000")
    assert refused.value.refusals[0].field == "words"


def test_wildcards_are_words_like_others(desk: Desk) -> None:
    desk.cast.declare(title="Storm")
    for typed in ("find st%m", "find st_rm", "find st\\orm"):
        assert "Nothing found" in desk.says(typed)


words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=200))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verb=st.sampled_from(LOOKS), typed=words, label=words, number=st.integers(1, 999_999_999), kind=st.sampled_from(
    ["incident", "practice", "item"]), has_ref=st.booleans(), problem=words)  # fmt: skip
def test_whatever_is_typed_the_answer_keeps_slack_s_limits(
    desk: Desk, verb: str, typed: str, label: str, number: int, kind: str, has_ref: bool, problem: str
) -> None:
    assert desk.answer(
        Understood(
            typed, verb, typed, refs=(Ref(kind, number),) if has_ref else (), labels=(label,) if len(label) % 2 else (),
            people=(f"@{label}",), problems=(problem,) * 9, nearest="resolve", week=label,
        )
    )  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=anything)
def test_whatever_was_written_what_is_shown_keeps_slack_s_limits(desk: Desk, text: str) -> None:
    title = text.replace("\x00", "")[:200].strip() or "x"
    try:
        number = desk.cast.declare(title=title, commander_id=desk.cast.id("Ana"))
        item = desk.item(number, title)
        rule = desk.cast.practice(statement=title)
    except Refused:
        return  # the workflow does not take such a title: there is nothing to show
    for typed in (f"inc-{number}", f"act-{item}", f"bp-{rule.number}", "mine", "report", "find sev3"):
        desk.answer(typed)
    desk.home()


@settings(deadline=None)
@given(text=anything)
def test_the_form_holds_whatever_was_typed(text: str) -> None:
    opened_fits(Opened("find", {"words": text}))
    (block,) = FORMS["find"].fields({"words": text})
    assert block["block_id"] == "words"
    assert len(block["element"].get("initial_value", "")) <= 200


def test_what_only_looks_changes_nothing(desk: Desk, session: Session) -> None:
    number = desk.cast.declare()
    desk.item(number)
    before = snapshot(session)
    for typed in ("mine", "find checkout", f"show {number}", "report", "help", "", "resovle 42"):
        desk.answer(typed)
    desk.home()
    session.expire_all()
    assert snapshot(session) == before
