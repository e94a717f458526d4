"""Stage 6: proposing, accepting, editing, linking and retiring practices; linked incidents move along."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Conflict, NotAllowed, NotFound, Refused
from app.workflow import analysis, best_practice, lifecycle
from tests.cast import Cast, sentences


def told(**other: Any) -> best_practice.Told:
    about = {"statement": "Calls have timeouts", "why": "One hung.", "area": "dependency"}
    return best_practice.Told(**{**about, **other})


def test_a_proposal_links_its_incident_and_waits_for_somebody_else(cast: Cast) -> None:
    number = cast.incident_at("best_practice")
    practice = cast.practice(accepted=False, incident_number=number)
    assert (practice.state, practice.name, practice.pattern_id is not None) == ("proposed", "BP-1", True)
    with pytest.raises(Refused) as refused:
        cast.do(lifecycle.advance, number, "best_practice")
    assert sentences(refused) == ["BP-1 must be accepted by someone other than its author."]
    with pytest.raises(NotAllowed, match="someone other than its author"):
        cast.do(best_practice.accept, 1, version=1, by="Ana")
    cast.do(best_practice.accept, 1, version=1, by="Ben")
    assert cast.stands(number) == ("automation", "active")
    assert cast.moves(number)[-2:] == [("link", "Ana"), ("advance", "Ratchet")]
    assert cast.heard("BestPracticeAgreed") == ["incidents"]


def test_whoever_proposes_may_be_a_responder_and_whoever_accepts_an_owner(cast: Cast) -> None:
    practice = cast.practice(by="Cleo", accepted=False)
    with pytest.raises(NotAllowed, match="Only owners or administrators may accept a practice"):
        cast.do(best_practice.accept, practice.number, version=1, by="Cleo")
    with pytest.raises(NotAllowed):
        cast.practice(by="Dev", accepted=False)
    cast.do(best_practice.accept, practice.number, version=1, by="Ada")
    with pytest.raises(Refused, match="Only a proposed practice can be accepted"):
        cast.do(best_practice.accept, practice.number, version=1, by="Ben")


def test_the_words_that_are_accepted_are_those_that_were_read(cast: Cast) -> None:
    practice = cast.practice(accepted=False)
    cast.do(best_practice.edit, practice.number, told(statement="Calls have no timeouts"), version=1)
    with pytest.raises(Conflict) as conflict:
        cast.do(best_practice.accept, practice.number, version=1, by="Ben")
    assert (conflict.value.who, conflict.value.saved["statement"]) == ("Ana", "Calls have no timeouts")
    assert cast.practice_state(practice.number) == "proposed"


def test_an_author_edits_a_proposal_and_after_that_an_owner_must(cast: Cast) -> None:
    practice = cast.practice(by="Cleo", accepted=False)
    cast.do(best_practice.edit, practice.number, told(level="should"), version=1, by="Cleo")
    cast.do(best_practice.accept, practice.number, version=2, by="Ben")
    with pytest.raises(NotAllowed):
        cast.do(best_practice.edit, practice.number, told(), version=2, by="Cleo")
    with pytest.raises(Conflict) as conflict:
        cast.do(best_practice.edit, practice.number, told(why="Two hung."), version=1, by="Ben")
    assert (conflict.value.who, conflict.value.version) == ("Cleo", 2)
    assert cast.do(best_practice.edit, practice.number, told(why="Two hung."), version=2, by="Ben").version == 3
    assert cast.do(best_practice.edit, practice.number, told(why="Two hung."), version=3, by="Ada").version == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"statement": " "}, {"why": ""}, {"area": "people"}, {"selector": "service.tier <"}, {"level": "could"},
        {"target_percent": 0}, {"target_percent": 101}, {"target_percent": None}, {"statement": "x" * 301},
    ],
)  # fmt: skip
def test_a_wrong_proposal_is_refused_and_takes_no_number(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        cast.practice(accepted=False, **wrong)
    assert cast.practice(accepted=False).number == 1


def test_an_incident_with_an_accepted_practice_passes_stage_six_by_itself(cast: Cast) -> None:
    practice = cast.practice()
    number = cast.incident_at("analysis")
    with cast.begin() as work:
        cast.fill(work, number, "analysis", decision="known", practice_ids=[practice.id])
    cast.do(lifecycle.advance, number, "analysis")
    assert cast.stands(number) == ("automation", "active")


def test_linking_replaces_and_the_same_links_again_are_no_change(cast: Cast) -> None:
    first, second = cast.practice(), cast.practice()
    number = cast.incident_at("best_practice")
    cast.do(best_practice.link, number, [first.id, second.id], by="Cleo")
    before = cast.moves(number)
    assert before[-2:] == [("link", "Cleo"), ("advance", "Ratchet")]
    cast.do(best_practice.link, number, [second.id, first.id])
    assert cast.moves(number) == before
    cast.do(best_practice.link, number, [])  # nothing slips back unseen: the stage is open again
    assert cast.stands(number) == ("best_practice", "active")
    assert cast.moves(number)[-1] == ("reopen", "Ratchet")
    with pytest.raises(Refused, match="Choose practices from the list"):
        cast.do(best_practice.link, number, [999_999_999])
    with pytest.raises(NotAllowed):
        cast.do(best_practice.link, number, [], by="Dev")


def test_a_retired_practice_sends_incidents_back_to_find_another(cast: Cast) -> None:
    practice = cast.practice()
    number = cast.incident_at("best_practice")
    cast.do(best_practice.link, number, [practice.id])
    for wrong, by in (({"why": " "}, "Ana"), ({"why": "It is over."}, "Cleo")):
        with pytest.raises((Refused, NotAllowed)):
            cast.do(best_practice.retire, practice.number, by=by, **wrong)
    cast.do(best_practice.retire, practice.number, why="Machines do it now.")
    assert cast.stands(number) == ("best_practice", "active")
    assert cast.heard("PracticeRetired") == ["engineering"]
    with pytest.raises(Refused, match="BP-1 is retired: link another practice"):
        cast.do(lifecycle.advance, number, "best_practice")
    with pytest.raises(Refused, match="already retired"):
        cast.do(best_practice.retire, practice.number, why="Twice.")
    with pytest.raises(Refused, match="BP-1 is retired: link another one"):
        cast.do(best_practice.link, cast.declare(), [practice.id])
    other = cast.practice()
    cast.do(best_practice.link, number, [other.id])
    assert cast.stands(number) == ("automation", "active")


def test_there_is_no_practice_of_another_number(cast: Cast) -> None:
    for step, how in ((best_practice.accept, {"version": 1}), (best_practice.retire, {"why": "x"})):
        with pytest.raises(NotFound, match="There is no BP-77"):
            cast.do(step, 77, **how)


def test_a_practice_that_was_known_at_the_analysis_is_linked_by_it(cast: Cast) -> None:
    practice = cast.practice()
    number = cast.declare()
    about = analysis.Told(new_pattern="Retry storm", decision="known", reason="Again.", practice_ids=[practice.id])
    row = cast.do(analysis.save, number, about, version=0, by="Cleo")
    with cast.begin():
        assert analysis.saved(row, [practice.id])["practice_ids"] == [practice.id]
    cast.do(analysis.save, number, analysis.Told(pattern_id=row.pattern_id), version=1)
    assert cast.stands(number) == ("resolution", "active")
