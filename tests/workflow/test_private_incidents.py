"""A private incident is unknown to strangers at every step, and is told to its insiders one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.domain.errors import NotFound, RatchetError, Refused
from app.workflow import analysis, best_practice, incident, lifecycle, remediation, resolution, review
from tests.cast import Cast, resolved, reviewed, snapshot
from tests.workflow.test_stages import add

EVERY_STEP: dict[str, Callable[[Cast, int, str], Any]] = {
    "edit": lambda cast, number, by: cast.do(
        incident.edit, number, incident.Told(title="Mine"), version=1, by=by
    ),
    "change_privacy": lambda cast, number, by: cast.do(
        incident.change_privacy, number, is_private=False, reader_ids=[], by=by
    ),
    "resolve": lambda cast, number, by: cast.do(resolution.save, number, resolved(cast.now), version=0, by=by),
    "review": lambda cast, number, by: cast.do(
        review.save, number, reviewed(cast.id("Ben"), cast.now), version=0, by=by
    ),
    "add an item": lambda cast, number, by: add(cast, number, by=by, owner_id=cast.id("Ana")),
    "none needed": lambda cast, number, by: cast.do(remediation.save_none_needed, number, "None.", version=0, by=by),
    "analyse": lambda cast, number, by: cast.do(analysis.save, number, analysis.Told(reason="x"), version=0, by=by),
    "link": lambda cast, number, by: cast.do(best_practice.link, number, [], by=by),
    "propose": lambda cast, number, by: cast.do(
        best_practice.propose, best_practice.Told(statement="x", why="y", area="scale"), incident_number=number, by=by
    ),
    "advance": lambda cast, number, by: cast.do(lifecycle.advance, number, "resolution", by=by),
    "block": lambda cast, number, by: cast.do(lifecycle.block, number, "resolution", why="x", by=by),
    "unblock": lambda cast, number, by: cast.do(lifecycle.unblock, number, "resolution", by=by),
    "skip": lambda cast, number, by: cast.do(lifecycle.skip, number, "resolution", why="x", by=by),
    "reopen": lambda cast, number, by: cast.do(lifecycle.reopen, number, "incident", why="x", by=by),
}  # fmt: skip


def test_for_a_stranger_it_is_not_there_whatever_they_try(cast: Cast) -> None:
    number = cast.declare(is_private=True)
    item = add(cast, number, owner_id=cast.id("Ana"))
    before = cast.look(snapshot)
    for name, step in EVERY_STEP.items():
        with pytest.raises(NotFound, match=f"There is no INC-{number}, or you may not see it."):
            step(cast, number, "Ben")
        with pytest.raises(NotFound if name != "propose" else RatchetError):
            step(cast, number, "Dev")
    for verb in ("finish", "verify", "drop", "resume"):
        with pytest.raises(NotFound, match=f"There is no ACT-{item.number}, or you may not see it."):
            cast.do(remediation.step, item.number, verb, why="x", by="Ben")
    assert cast.look(snapshot) == before


def test_what_is_hidden_sounds_like_what_is_not_there(cast: Cast) -> None:
    number = cast.declare(is_private=True)
    with pytest.raises(NotFound) as hidden:
        cast.do(lifecycle.advance, number, "resolution", by="Ben")
    with pytest.raises(NotFound) as absent:
        cast.do(lifecycle.advance, number + 1, "resolution", by="Ben")
    assert str(hidden.value).replace(str(number), "N") == str(absent.value).replace(str(number + 1), "N")


@pytest.mark.parametrize("who", ["declarer", "commander", "facilitator", "reader", "administrator"])
def test_an_insider_works_on_it_like_on_any_other(cast: Cast, who: str) -> None:
    by = "Ada" if who == "administrator" else "Cleo"
    number = cast.declare(
        is_private=True, by="Cleo" if who == "declarer" else "Ana",
        commander_id=cast.id("Cleo" if who == "commander" else "Ana"),
    )  # fmt: skip
    if who == "facilitator":
        cast.do(review.save, number, reviewed(cast.id("Cleo"), cast.now), version=0)
    if who == "reader":
        cast.do(incident.change_privacy, number, is_private=True, reader_ids=[cast.id("Cleo")])
    cast.do(lifecycle.block, number, "resolution", why="Waits.", by=by)
    assert cast.moves(number)[-1] == ("block", by)


def test_messages_go_to_insiders_and_never_to_a_channel_or_a_team(cast: Cast) -> None:
    number = cast.declare(is_private=True, commander_id=cast.id("Cleo"))
    assert cast.heard("IncidentDeclared") == ["Cleo"]
    cast.do(incident.change_privacy, number, is_private=True, reader_ids=[cast.id("Ada")], by="Ana")
    with cast.begin() as work:
        for stage in ("resolution", "review", "remediation"):
            cast.fill(work, number, stage)
            lifecycle.advance(work, number, stage, by=cast["Ana"], now=cast.now)
        cast.fill(work, number, "analysis", decision="none")
        lifecycle.advance(work, number, "analysis", by=cast["Ana"], now=cast.now)
    for event in ("IncidentResolved", "ReviewPublished", "RemediationCompleted", "AnalysisCompleted"):
        assert cast.heard(event) == ["Ben", "Cleo", "Ada"], event
    assert cast.heard("LoopClosed") == ["Ana", "Ben", "Cleo", "Ada"]


def test_the_channel_hears_only_that_the_card_is_to_be_taken_down(cast: Cast) -> None:
    number = cast.declare()
    cast.do(incident.change_privacy, number, is_private=True, reader_ids=[])
    assert cast.heard("IncidentChanged") == ["incidents"]
    cast.do(lifecycle.block, number, "resolution", why="Waits.")
    assert cast.heard("StageBlocked") == []


def test_practice_owners_outside_do_not_hear_of_it(cast: Cast) -> None:
    practice = cast.practice(by="Ben")
    number = cast.incident_at("analysis", is_private=True, service_ids=[cast.services["search"]])
    with cast.begin() as work:
        cast.fill(work, number, "analysis", decision="known", practice_ids=[practice.id])
    before = cast.heard("AnalysisCompleted")
    cast.do(lifecycle.advance, number, "analysis")
    assert set(cast.heard("AnalysisCompleted")) - set(before) == {"Ben"}  # as its facilitator
    assert "engineering" not in cast.heard("AnalysisCompleted")


def test_an_item_is_given_to_somebody_inside_and_only_they_are_told(cast: Cast) -> None:
    number = cast.declare(is_private=True)
    with pytest.raises(Refused, match="Cleo may not see this private incident"):
        add(cast, number, owner_id=cast.id("Cleo"))
    cast.do(incident.change_privacy, number, is_private=True, reader_ids=[cast.id("Cleo")])
    add(cast, number, owner_id=cast.id("Cleo"))
    assert cast.heard("ActionItemAssigned") == ["Cleo"]


def test_the_numbers_of_public_items_have_no_gap_where_a_private_one_is(cast: Cast) -> None:
    told = remediation.Told(
        title="Fix it", owner_id=cast.id("Ana"), priority="must", kind="prevent", due_on=cast.now.date()
    )
    first = cast.do(remediation.add, cast.declare(), told)
    hidden = cast.do(remediation.add, cast.declare(is_private=True), told)
    second = cast.do(remediation.add, cast.declare(), told)
    assert second.number == first.number + 1
    assert hidden.number >= 1_000_000
