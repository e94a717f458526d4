"""Stage 6: proposing, accepting, editing, linking and retiring practices; linked incidents move along."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.domain.errors import Conflict, NotAllowed, NotFound, Refused
from app.domain.events import PracticeChanged
from app.models.best_practice import PracticeVersion
from app.queries.practice import history
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


def versions_of(cast: Cast, practice_id: int) -> list[tuple[int, str, int | None]]:
    rows = select(PracticeVersion).where(PracticeVersion.practice_id == practice_id).order_by(PracticeVersion.version)
    return cast.look(lambda session: [(row.version, row.said["statement"], row.by_id) for row in session.scalars(rows)])


def test_every_save_keeps_a_version_and_a_refused_one_keeps_none(cast: Cast) -> None:
    practice = cast.practice(accepted=False)
    cast.do(best_practice.edit, 1, told(statement="Every call has a timeout"), version=1)
    cast.do(best_practice.edit, 1, told(statement="Every call has a timeout"), version=2)  # nothing is different
    with pytest.raises(Refused):
        cast.do(best_practice.edit, 1, told(statement=" "), version=2)
    ana = cast.id("Ana")
    assert versions_of(cast, practice.id) == [
        (1, "Calls have timeouts", ana), (2, "Every call has a timeout", ana),
    ]  # fmt: skip


def test_a_version_says_all_that_the_form_said(cast: Cast) -> None:
    practice = cast.practice(accepted=False, review_on=date(2027, 1, 4), target_on=date(2026, 9, 1), combine="any")
    said = cast.look(lambda session: session.get(PracticeVersion, (practice.id, 1)).said)
    assert said == {
        "statement": "Calls have timeouts", "why": "One hung.", "area": "dependency", "selector": "true",
        "level": "must", "target_percent": 100, "target_on": "2026-09-01", "combine": "any", "review_on": "2027-01-04",
    }  # fmt: skip


def test_a_practice_that_is_older_than_versions_keeps_what_it_said_before_its_first_edit(cast: Cast) -> None:
    practice = cast.practice(accepted=False)
    with cast.begin() as work:
        work.session.execute(delete(PracticeVersion))
    proposed_at = cast.now
    cast.clock.tick(days=3)
    cast.do(best_practice.edit, 1, told(why="Two hung."), version=1)
    rows = select(PracticeVersion.version, PracticeVersion.at).order_by(PracticeVersion.version)
    found = cast.look(lambda session: [tuple(row) for row in session.execute(rows)])
    assert found == [(1, proposed_at), (2, cast.now)]
    assert versions_of(cast, practice.id)[0][1] == "Calls have timeouts"


def test_a_day_of_review_is_not_over_when_it_is_set_and_stays_when_it_is_not_touched(cast: Cast) -> None:
    with pytest.raises(Refused, match="Choose a day for its review that is not over"):
        cast.practice(accepted=False, review_on=date(2026, 3, 1))
    cast.practice(accepted=False, review_on=date(2026, 3, 2))
    cast.clock.tick(days=30)
    cast.do(best_practice.edit, 1, told(why="Two hung.", review_on=date(2026, 3, 2)), version=1)
    with pytest.raises(Refused, match="that is not over"):
        cast.do(best_practice.edit, 1, told(review_on=date(2026, 3, 3)), version=2)
    assert cast.do(best_practice.edit, 1, told(review_on=None), version=2).review_on is None


def test_an_owner_confirms_that_a_practice_is_still_right(cast: Cast) -> None:
    practice = cast.practice(review_on=date(2026, 3, 20))
    cast.clock.tick(days=40)
    for wrong in (None, date(2026, 4, 11)):
        with pytest.raises(Refused, match="Choose a day after today"):
            cast.do(best_practice.confirm, 1, wrong)
    for name in ("Cleo", "Dev"):
        with pytest.raises(NotAllowed):
            cast.do(best_practice.confirm, 1, date(2027, 4, 1), by=name)
    confirmed = cast.do(best_practice.confirm, 1, date(2027, 4, 1), version=1, by="Ben")
    assert (confirmed.review_on, confirmed.version) == (date(2027, 4, 1), 2)
    verbs = cast.look(lambda session: [(each.verb, each.who, each.why) for each in history(session, practice.id)])
    assert verbs[0] == ("confirm", "Ben", "Review again on 1 April 2027.")
    assert versions_of(cast, practice.id)[-1] == (2, "Calls have timeouts", cast.id("Ben"))
    with pytest.raises(Conflict):
        cast.do(best_practice.confirm, 1, date(2028, 4, 1), version=1)


def test_only_what_is_accepted_and_not_retired_is_confirmed(cast: Cast) -> None:
    cast.practice(accepted=False)
    with pytest.raises(Refused, match="Only an accepted practice that is not retired"):
        cast.do(best_practice.confirm, 1, date(2027, 4, 1))
    cast.do(best_practice.retire, 1, why="Over.", by="Ben")
    with pytest.raises(Refused, match="Only an accepted practice that is not retired"):
        cast.do(best_practice.confirm, 1, date(2027, 4, 1))


def test_whoever_confirms_while_somebody_edits_is_a_conflict_and_no_loss(cast: Cast) -> None:
    cast.practice(review_on=date(2026, 3, 20))
    cast.do(best_practice.confirm, 1, date(2027, 4, 1), by="Ben")
    with pytest.raises(Conflict) as conflict:
        cast.do(best_practice.edit, 1, told(review_on=date(2026, 3, 20)), version=1, by="Ada")
    assert (conflict.value.who, conflict.value.saved["review_on"]) == ("Ben", date(2027, 4, 1))


@pytest.mark.parametrize("different", [{"selector": "service.tier == 1"}, {"combine": "any"}])
def test_another_selector_or_combination_evaluates_every_service(cast: Cast, different: dict[str, Any]) -> None:
    practice = cast.practice()
    cast.check(practice.number)
    with cast.begin() as work:
        best_practice.edit(work, 1, told(**different), version=1, by=cast["Ben"], now=cast.now)
        assert [type(each) for each in work.told] == [PracticeChanged]


def test_checks_combine_in_one_of_two_ways(cast: Cast) -> None:
    with pytest.raises(Refused, match="Choose one of all, any"):
        cast.practice(accepted=False, combine="most")
