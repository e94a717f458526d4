"""What a second look found: ways in which a loop could have stood closed, or words agreed on, without being so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import NotAllowed, Refused
from app.workflow import adoption, analysis, automation, best_practice, exemption, incident, lifecycle
from tests.cast import Cast


def _closed(cast: Cast) -> tuple[int, int]:
    """A closed loop and its practice's number."""
    number = cast.incident_at("best_practice")
    practice = cast.practice()
    cast.do(best_practice.link, number, [practice.id])
    check = cast.do(automation.write, practice.number, automation.Told(kind="facts", expression="facts.ok"))
    cast.do(automation.activate, check.id, version=1)
    for service in cast.services:
        cast.do(adoption.report_facts, service, {"ok": True}, source="test")
    assert cast.stands(number) == ("adoption", "done")
    return number, practice.number


def test_a_practice_without_a_check_opens_the_loop_it_is_linked_to(cast: Cast) -> None:
    number, _ = _closed(cast)
    bare = cast.practice()
    linked = cast.do(best_practice.link, number, [bare.id])
    assert linked.position.stage == "automation"
    assert cast.moves(number)[-1] == ("reopen", "Ratchet")


def test_unlinking_everything_by_the_analysis_opens_the_loop_as_well(cast: Cast) -> None:
    number, _ = _closed(cast)
    cast.do(
        analysis.save, number, analysis.Told(new_pattern="Retry storm", decision="new", reason="Because."), version=1
    )
    assert cast.stands(number) == ("best_practice", "active")


def test_a_practice_proposed_from_a_closed_loop_opens_it_until_it_is_adopted(cast: Cast) -> None:
    number, _ = _closed(cast)
    told = best_practice.Told(statement="And breakers", why="Timeouts were not enough.", area="dependency")
    cast.do(best_practice.propose, told, incident_number=number)
    assert cast.stands(number) == ("best_practice", "active")


def test_stages_that_complete_themselves_go_on_after_a_person_completed_the_one_before(cast: Cast) -> None:
    number, _ = _closed(cast)
    cast.do(lifecycle.reopen, number, "best_practice", why="Read it once more.")
    cast.do(lifecycle.advance, number, "best_practice")
    assert cast.stands(number) == ("adoption", "done")


def test_whoever_reworded_a_proposal_does_not_accept_it(cast: Cast) -> None:
    told = best_practice.Told(statement="Calls have timeouts", why="One hung.", area="dependency")
    practice = cast.do(best_practice.propose, told, by="Cleo")
    better = best_practice.Told(statement="Every call has a timeout", why="One hung.", area="dependency")
    cast.do(best_practice.edit, practice.number, better, version=1, by="Ana")
    with pytest.raises(NotAllowed, match="somebody else accepts them"):
        cast.do(best_practice.accept, practice.number, version=2, by="Ana")
    assert cast.do(best_practice.accept, practice.number, version=2, by="Ben").state == "accepted"


def test_an_author_does_not_reword_what_was_accepted(cast: Cast) -> None:
    told = best_practice.Told(statement="Calls have timeouts", why="One hung.", area="dependency")
    practice = cast.do(best_practice.propose, told, by="Ana")
    cast.do(best_practice.accept, practice.number, version=1, by="Ben")
    other = best_practice.Told(statement="Calls may hang", why="One hung.", area="dependency")
    with pytest.raises(NotAllowed):
        cast.do(best_practice.edit, practice.number, other, version=1, by="Ana")


def test_a_severity_that_does_not_allow_what_was_skipped_is_refused(cast: Cast) -> None:
    number = cast.incident_at("review", severity="SEV4")
    cast.do(lifecycle.skip, number, "review", why="Two lines were enough.")
    told = incident.Told(
        title="It was large after all", severity="SEV1", service_ids=[cast.services["checkout"]],
        commander_id=cast.id("Ana"),
    )  # fmt: skip
    with pytest.raises(Refused, match="SEV1 may not skip Review: reopen it first"):
        cast.do(incident.edit, number, told, version=1)


def test_the_last_service_becoming_exempt_is_no_slip(cast: Cast) -> None:
    _, practice = _closed(cast)
    day = (cast.now + timedelta(days=30)).date()
    for service in cast.services:
        cast.do(exemption.exempt, practice, service, reason="It is taken down.", expires_on=day)
    assert not cast.heard("PracticeSlipped")


def test_a_pattern_is_named_once_whatever_its_letters(cast: Cast) -> None:
    first, second = cast.incident_at("analysis"), cast.incident_at("analysis")
    one = cast.do(analysis.save, first, analysis.Told(new_pattern="Überlast"), version=0)
    other = cast.do(analysis.save, second, analysis.Told(new_pattern="überlast"), version=0)
    assert one.pattern_id == other.pattern_id
