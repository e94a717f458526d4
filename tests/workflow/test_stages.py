"""Stages 2 to 5: each is saved, each names what is missing, and none is edited to less than it was completed for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import Conflict, NotAllowed, Refused
from app.models.remediation import ActionItem
from app.workflow import analysis, lifecycle, remediation, resolution, review
from tests.cast import Cast, resolved, reviewed, sentences

MISSING = {
    "resolution": [
        "Enter when it started.", "Enter when it was detected.", "Enter when it was mitigated.",
        "Enter when it was resolved.", "State the impact: who could not do what.", "Say how it was resolved.",
    ],
    "review": [
        "Name a facilitator.", "Write a summary.", "Add at least one timeline entry.",
        "Add at least one contributing factor.", "Answer what went well.", "Answer what went badly.",
        "Answer where we got lucky.",
    ],
    "remediation": ["Add at least one action item, or say why none is needed."],
    "analysis": [
        "Link the failure pattern, new or known.", "Decide: a new practice, a known practice, or none.",
        "Give the reason for the decision.",
    ],
    "best_practice": ["Link at least one practice."],
}  # fmt: skip


@pytest.mark.parametrize("stage", MISSING)
def test_an_empty_stage_names_everything_that_is_missing(cast: Cast, stage: str) -> None:
    number = cast.incident_at(stage)
    before = cast.moves(number)
    with pytest.raises(Refused) as refused:
        cast.do(lifecycle.advance, number, stage)
    assert sentences(refused) == MISSING[stage]
    assert cast.moves(number) == before
    assert cast.stands(number) == (stage, "active")


def save(cast: Cast, number: int, stage: str, *, version: int, by: str = "Ana", **told: Any) -> Any:
    """Save the form of a stage, complete but for what is told."""
    if stage == "resolution":
        return cast.do(resolution.save, number, resolved(cast.now, **told), version=version, by=by)
    if stage == "review":
        return cast.do(review.save, number, reviewed(cast.id("Ben"), cast.now, **told), version=version, by=by)
    if stage == "remediation":
        because = told.get("because", "Mended on the spot.")
        return cast.do(remediation.save_none_needed, number, because, version=version, by=by)
    about = {"new_pattern": "Retry storm", "decision": "new", "reason": "A rule would help.", **told}
    return cast.do(analysis.save, number, analysis.Told(**about), version=version, by=by)


FORMS = {
    "resolution": ({"impact": "Nobody could pay at all."}, "impact"),
    "review": ({"summary": "Two pools were empty."}, "summary"),
    "remediation": ({"because": "Nothing of ours was wrong."}, "none_needed_because"),
    "analysis": ({"reason": "It would help a lot."}, "reason"),
}


@pytest.mark.parametrize("stage", FORMS)
def test_two_people_at_one_form_do_not_overwrite_each_other(cast: Cast, stage: str) -> None:
    number = cast.declare()
    other, name = FORMS[stage]
    save(cast, number, stage, version=0, by="Ben")
    with pytest.raises(Conflict) as conflict:
        save(cast, number, stage, version=0, by="Cleo", **other)
    assert (conflict.value.who, conflict.value.version) == ("Ben", 1)
    assert conflict.value.saved[name] not in other.values()
    assert cast.moves(number)[-1] == ("save", "Ben")
    assert save(cast, number, stage, version=1, by="Cleo", **other).version == 2


@pytest.mark.parametrize("stage", FORMS)
def test_the_same_form_saved_again_is_no_change(cast: Cast, stage: str) -> None:
    number = cast.declare()
    save(cast, number, stage, version=0)
    before = cast.moves(number)
    assert save(cast, number, stage, version=1, by="Ben").version == 1
    assert cast.moves(number) == before


@pytest.mark.parametrize("stage", FORMS)
def test_a_viewer_may_fill_no_form(cast: Cast, stage: str) -> None:
    number = cast.declare()
    with pytest.raises(NotAllowed):
        save(cast, number, stage, version=0, by="Dev")
    assert cast.moves(number)[-1] == ("advance", "Ratchet")


@pytest.mark.parametrize(
    ("stage", "less", "sentence"),
    [
        ("resolution", {"how_resolved": ""}, "Say how it was resolved."),
        ("resolution", {"mitigated_at": None}, "Enter when it was mitigated."),
        ("review", {"timeline": []}, "Add at least one timeline entry."),
        ("review", {"got_lucky": "  "}, "Answer where we got lucky."),
        ("remediation", {"because": ""}, "Add at least one action item, or say why none is needed."),
        ("analysis", {"reason": ""}, "Give the reason for the decision."),
    ],
)
def test_a_completed_stage_keeps_what_it_was_completed_for(
    cast: Cast, stage: str, less: dict[str, Any], sentence: str
) -> None:
    number = cast.incident_at("best_practice")
    before = cast.moves(number)
    with pytest.raises(Refused) as refused:
        save(cast, number, stage, version=1, **less)
    assert sentences(refused)[0].endswith("is complete. Reopen it before you change it so:")
    assert sentences(refused)[1:] == [sentence]
    assert cast.moves(number) == before


@pytest.mark.parametrize("decision", ["", "known", "none"])
def test_a_decision_that_later_stages_follow_is_changed_by_reopening_analysis(cast: Cast, decision: str) -> None:
    number = cast.incident_at("best_practice")
    with pytest.raises(Refused, match="Reopen Analysis to change it"):
        save(cast, number, "analysis", version=1, decision=decision)


def test_a_completed_stage_may_still_be_made_better(cast: Cast) -> None:
    number = cast.incident_at("best_practice")
    for stage, (other, _) in FORMS.items():
        assert save(cast, number, stage, version=1, **other).version == 2
    assert cast.stands(number) == ("best_practice", "active")


def test_a_skipped_stage_may_be_filled_in_part(cast: Cast) -> None:
    number = cast.incident_at("review", severity="SEV4")
    cast.do(lifecycle.skip, number, "review", why="Two lines were enough.")
    assert save(cast, number, "review", version=0, timeline=[], factors=[]).version == 1


def test_later_stages_may_be_filled_early(cast: Cast) -> None:
    number = cast.declare()
    save(cast, number, "review", version=0)
    item = add(cast, number)
    assert item.state == "open"
    assert cast.stands(number) == ("resolution", "active")


# Resolution


def test_times_out_of_order_are_refused_while_typing(cast: Cast) -> None:
    number = cast.declare()
    with pytest.raises(Refused) as refused:
        save(cast, number, "resolution", version=0, detected_at=cast.now - timedelta(hours=2))
    assert sentences(refused) == ["Put the times in order: it was detected before it started."]
    with pytest.raises(Refused) as refused:
        save(cast, number, "resolution", version=0, resolved_at=cast.now + timedelta(minutes=6))
    assert sentences(refused) == ["The time when it was resolved lies in the future."]
    with pytest.raises(Refused):
        save(cast, number, "resolution", version=0, customer_minutes=-1)


def test_what_is_known_so_far_is_kept(cast: Cast) -> None:
    number = cast.declare()
    row = save(cast, number, "resolution", version=0, mitigated_at=None, resolved_at=None, how_resolved="")
    assert (row.version, row.customer_minutes) == (1, None)


# Review


def test_the_timeline_is_kept_in_the_order_of_time(cast: Cast) -> None:
    number = cast.declare()
    late, early = (cast.now, "Second."), (cast.now - timedelta(minutes=9), "First.")
    row = save(cast, number, "review", version=0, timeline=[late, early])
    with cast.begin() as work:
        assert review.saved(work, row)["timeline"] == [early, late]


@pytest.mark.parametrize(
    "wrong", [{"factors": [("people", "Somebody slept.")]}, {"facilitator_id": 999_999_999}, {"timeline": [(None, "")]}]
)
def test_a_wrong_review_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    wrong = {key: [(cast.now, "  ")] if key == "timeline" else value for key, value in wrong.items()}
    with pytest.raises(Refused):
        save(cast, cast.declare(), "review", version=0, **wrong)


# Remediation


def add(cast: Cast, number: int, *, by: str = "Ana", **told: Any) -> ActionItem:
    about = {"title": "Limit the pool", "owner_id": cast.id("Cleo"), "priority": "must", "kind": "prevent",
             "due_on": cast.now.date(), **told}  # fmt: skip
    return cast.do(remediation.add, number, remediation.Told(**about), by=by)


def test_must_do_items_are_done_by_one_and_verified_by_another(cast: Cast) -> None:
    number = cast.incident_at("remediation")
    item = add(cast, number)
    with pytest.raises(Refused) as refused:
        cast.do(lifecycle.advance, number, "remediation")
    assert sentences(refused) == [f"{item.name} “Limit the pool” must be done and verified, or dropped with a reason."]
    assert cast.do(remediation.step, item.number, "finish", by="Cleo").done_at == cast.now
    with pytest.raises(Refused) as refused:
        cast.do(lifecycle.advance, number, "remediation")
    assert sentences(refused) == [f"{item.name} “Limit the pool” is done but nobody has verified it yet."]
    with pytest.raises(NotAllowed, match="other than its owner"):
        cast.do(remediation.step, item.number, "verify", by="Cleo")
    assert cast.do(remediation.step, item.number, "verify", by="Ben").verified_by_id == cast.id("Ben")
    cast.do(lifecycle.advance, number, "remediation")
    assert cast.stands(number) == ("analysis", "active")


def test_an_item_is_dropped_with_a_reason_only(cast: Cast) -> None:
    number = cast.incident_at("remediation")
    item = add(cast, number)
    with pytest.raises(Refused, match="Say why"):
        cast.do(remediation.step, item.number, "drop", why=" ")
    cast.do(remediation.step, item.number, "drop", why="The service is gone.")
    cast.do(lifecycle.advance, number, "remediation")
    with pytest.raises(Refused, match="Remediation is complete"):
        cast.do(remediation.step, item.number, "resume")
    with pytest.raises(Refused, match="Remediation is complete"):
        add(cast, number)
    assert add(cast, number, priority="should").state == "open"


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [((), "verify"), ((), "resume"), (("finish",), "finish"), (("drop",), "drop"), (("drop",), "finish"), ((), "burn")],
)
def test_a_step_that_does_not_fit_changes_no_item(cast: Cast, steps: tuple[str, ...], wrong: str) -> None:
    number = cast.declare()
    item = add(cast, number)
    for verb in steps:
        cast.do(remediation.step, item.number, verb, why="Because.")
    before = cast.moves(number)
    with pytest.raises(Refused):
        cast.do(remediation.step, item.number, wrong, why="Because.")
    assert cast.moves(number) == before


def test_only_a_new_owner_is_told_of_an_item(cast: Cast) -> None:
    item = add(cast, cast.declare())
    assert cast.heard("ActionItemAssigned") == ["Cleo"]
    about = {"title": "Limit both pools", "priority": "must", "kind": "prevent", "due_on": cast.now.date()}
    edited = remediation.Told(owner_id=cast.id("Cleo"), **about)
    cast.do(remediation.edit, item.number, edited, version=1)
    assert cast.heard("ActionItemAssigned") == ["Cleo"]
    with pytest.raises(Conflict) as conflict:
        cast.do(remediation.edit, item.number, remediation.Told(owner_id=cast.id("Ben"), **about), version=1, by="Ben")
    assert (conflict.value.who, conflict.value.saved["title"]) == ("Ana", "Limit both pools")
    cast.do(remediation.edit, item.number, remediation.Told(owner_id=cast.id("Ben"), **about), version=2)
    cast.do(remediation.edit, item.number, remediation.Told(owner_id=cast.id("Ben"), **about), version=3)
    assert cast.heard("ActionItemAssigned") == ["Cleo", "Ben"]


def test_nobody_is_told_of_an_item_of_their_own(cast: Cast) -> None:
    add(cast, cast.declare(), owner_id=cast.id("Ana"))
    assert cast.heard("ActionItemAssigned") == []


@pytest.mark.parametrize(
    "wrong", [{"priority": "soon"}, {"kind": "hope"}, {"title": " "}, {"owner_id": 999_999_999}, {"title": "x" * 301}]
)
def test_a_wrong_item_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        add(cast, cast.declare(), **wrong)


# Analysis


def test_a_pattern_is_new_once_and_known_afterwards(cast: Cast) -> None:
    first, second = cast.declare(), cast.declare()
    one = save(cast, first, "analysis", version=0)
    other = save(cast, second, "analysis", version=0, new_pattern="  retry   STORM ")
    assert one.pattern_id == other.pattern_id


def test_a_known_pattern_and_practice_are_chosen_from_what_there_is(cast: Cast) -> None:
    number = cast.declare()
    for wrong in (
        {"pattern_id": 999_999_999, "new_pattern": ""},
        {"practice_ids": [999_999_999]},
        {"decision": "maybe"},
    ):
        with pytest.raises(Refused):
            save(cast, number, "analysis", version=0, **wrong)


def test_deciding_on_no_practice_leaves_out_the_rest_and_closes_the_loop(cast: Cast) -> None:
    number = cast.incident_at("analysis")
    save(cast, number, "analysis", version=0, decision="none", reason="A fibre was cut.")
    cast.do(lifecycle.advance, number, "analysis", by="Ben")
    assert cast.stands(number) == ("adoption", "skipped")
    assert cast.moves(number)[-4:] == [("advance", "Ben"), *[("leave_out", "Ratchet")] * 3]
    assert cast.heard("LoopClosed") == ["incidents"]
