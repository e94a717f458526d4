"""Adopted, yet it happened: the practice is questioned, its analysis is opened again, and somebody decides anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.domain import events
from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.lifecycle import DEFAULT_POLICY
from app.models.best_practice import Practice
from app.models.history import Move
from app.models.incident import Incident
from app.queries import questioned
from app.workflow import analysis, best_practice, incident, lifecycle, question
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import Reaction, UnitOfWork
from tests.cast import Cast, snapshot
from tests.workflow.test_recurrence import DAY, learned, named, stood

FOLLOWS: dict[type[events.Event], Reaction] = {
    events.AnalysisCompleted: question.after_analysis, events.PracticeChanged: question.after_change,
    events.PracticeRetired: question.after_change,
}  # fmt: skip


@pytest.fixture
def begin(sessions: sessionmaker[Session]) -> UnitOfWork:
    """With what an analysis and an edit cause."""
    chain = {
        **CHAIN,
        **{kind: (*(each for each in CHAIN[kind] if each != then), then) for kind, then in FOLLOWS.items()},
    }
    return UnitOfWork(sessions, DEFAULT_POLICY, chain, announce)


def adopted(cast: Cast, *services: str, **told: Any) -> tuple[int, Practice]:
    """An earlier incident and its practice, which these services have adopted since three weeks."""
    first, practice = learned(cast, **told)
    for each in services or ("checkout",):
        stood(cast, practice, each, ("adopted", cast.now - 20 * DAY, None))
    return first, practice


def happens(cast: Cast, pattern: str = "Retry storm", **declared: Any) -> int:
    """An incident of the pattern whose analysis is complete."""
    number = cast.incident_at("analysis", title="Payments hang again", **declared)
    named(cast, number, pattern, decision="new")
    cast.do(lifecycle.advance, number, "analysis")
    return number


def found(cast: Cast, practice: Practice) -> Practice:
    return cast.look(lambda session: session.scalars(select(Practice).where(Practice.id == practice.id)).one())


def moved(cast: Cast, practice: Practice) -> list[tuple[str, str]]:
    rows = select(Move.verb, Move.why).where(Move.practice_id == practice.id).order_by(Move.id)
    return cast.look(lambda session: [(verb, why) for verb, why in session.execute(rows)])


def test_adopted_and_yet_it_happened_questions_the_practice_and_opens_its_analysis_again(cast: Cast) -> None:
    first, practice = adopted(cast)
    second = happens(cast)
    told = found(cast, practice)
    assert (told.questioned_at, told.questioned_because) == (
        cast.now, "It happened on checkout although checkout had adopted it.",
    )  # fmt: skip
    assert moved(cast, practice)[-1][0] == "question"
    assert cast.stands(first) == ("analysis", "active")
    assert cast.moves(first)[-1] == ("reopen", "Ratchet")
    assert cast.stands(second) == ("best_practice", "active")
    assert cast.heard("PracticeQuestioned") == ["engineering", "Ana", "Ben"]
    for who in ("Ana", "Dev"):
        assert cast.look(lambda session, by=cast[who]: questioned.incidents(session, by, told)) == [second]


def test_what_was_not_adopted_or_new_questions_nothing(cast: Cast) -> None:
    first, practice = learned(cast)
    stood(cast, practice, "checkout", ("not_adopted", cast.now - DAY, None))
    happens(cast)
    happens(cast, "Full disk", service_ids=[cast.services["cart"]])
    assert found(cast, practice).questioned_at is None
    assert cast.stands(first)[0] == "automation"


def test_another_rule_against_the_pattern_that_was_not_adopted_explains_it(cast: Cast) -> None:
    first, practice = adopted(cast)
    other = cast.practice(statement="Retries back off", incident_number=first)
    cast.clock.tick(days=2)
    happens(cast)
    assert found(cast, practice).questioned_at is None, "the other one could have met it"
    stood(cast, other, "checkout", ("adopted", cast.now - DAY, None))
    happens(cast)
    assert found(cast, practice).questioned_at is not None
    assert found(cast, other).questioned_at is not None
    assert cast.stands(first) == ("analysis", "active")
    opened = select(Move.why).where(Move.verb == "reopen", Move.to_stage == "analysis")
    assert cast.look(lambda session: session.scalars(opened).all()) == [
        f"{practice.name} and {other.name}: it happened again although a service had adopted this."
    ]
    cast.do(lifecycle.advance, first, "analysis")
    assert {found(cast, each).questioned_at for each in (practice, other)} == {None}, "and settled for both"


def test_a_practice_is_questioned_once_until_it_is_settled(cast: Cast) -> None:
    _, practice = adopted(cast)
    happens(cast)
    at = found(cast, practice).questioned_at
    cast.clock.tick(days=1)
    happens(cast)
    assert found(cast, practice).questioned_at == at
    cast.do(question.settle, practice.number, answer="The alert was too late, the rule is right.")
    assert found(cast, practice).questioned_at is None
    assert moved(cast, practice)[-1] == ("settle", "The alert was too late, the rule is right.")
    cast.clock.tick(days=1)
    happens(cast)
    assert found(cast, practice).questioned_at == cast.now, "a third incident asks again"


def test_an_incident_does_not_ask_twice_what_was_answered(cast: Cast) -> None:
    _, practice = adopted(cast)
    second = happens(cast)
    cast.do(question.settle, practice.number, answer="It stays.")
    cast.do(lifecycle.reopen, second, "analysis", why="A typing mistake.")
    cast.do(lifecycle.advance, second, "analysis")
    assert found(cast, practice).questioned_at is None


def test_completing_the_reopened_analysis_settles_it(cast: Cast) -> None:
    first, practice = adopted(cast)
    happens(cast)
    cast.clock.tick(days=1)
    cast.do(lifecycle.advance, first, "analysis")
    assert found(cast, practice).questioned_at is None
    assert moved(cast, practice)[-1] == ("settle", "Its incident was analysed anew.")
    assert cast.stands(first)[0] == "automation", "it goes on to where it was"


def test_completing_another_analysis_settles_nothing(cast: Cast) -> None:
    _, practice = adopted(cast)
    happens(cast)
    happens(cast, "Full disk")
    assert found(cast, practice).questioned_at is not None


def test_new_words_settle_it_and_another_date_does_not(cast: Cast) -> None:
    _, practice = adopted(cast)
    happens(cast)
    about = {"statement": practice.statement, "why": practice.why, "area": practice.area}
    cast.do(best_practice.edit, practice.number, best_practice.Told(**about, target_percent=80), version=1, by="Ben")
    assert found(cast, practice).questioned_at is not None
    about["statement"] = "Calls have timeouts and budgets"
    cast.do(best_practice.edit, practice.number, best_practice.Told(**about, target_percent=80), version=2, by="Ben")
    assert found(cast, practice).questioned_at is None
    assert moved(cast, practice)[-1][0] == "settle"


def test_retiring_it_settles_it(cast: Cast) -> None:
    first, practice = adopted(cast)
    happens(cast)
    cast.do(best_practice.retire, practice.number, why="It is not enough.")
    assert found(cast, practice).questioned_at is None
    assert cast.stands(first) == ("analysis", "active")


def test_an_owner_questions_by_hand_and_nobody_else(cast: Cast) -> None:
    first, practice = adopted(cast)
    for who in ("Cleo", "Dev"):
        with pytest.raises(NotAllowed, match="may question a practice"):
            cast.do(question.question, practice.number, why="It is too weak.", by=who)
    with pytest.raises(Refused, match="Say why the practice is not enough"):
        cast.do(question.question, practice.number, why="  ")
    with pytest.raises(Refused, match="NUL"):
        cast.do(question.question, practice.number, why="a\x00b")
    with pytest.raises(NotFound):
        cast.do(question.question, 999, why="x")
    cast.do(question.question, practice.number, why="It is too weak.")
    assert found(cast, practice).questioned_because == "It is too weak."
    assert cast.stands(first) == ("analysis", "active")
    with pytest.raises(Refused, match="questioned already"):
        cast.do(question.question, practice.number, why="Again.")


def test_a_proposal_and_a_retired_rule_are_not_questioned(cast: Cast) -> None:
    practice = cast.practice(accepted=False)
    with pytest.raises(Refused, match="is proposed: only a rule that holds can be questioned"):
        cast.do(question.question, practice.number, why="Weak.")
    cast.do(best_practice.retire, practice.number, why="No.")
    with pytest.raises(Refused, match="is retired"):
        cast.do(question.question, practice.number, why="Weak.")


def test_settling_needs_a_question_an_answer_and_an_owner(cast: Cast) -> None:
    _, practice = adopted(cast)
    with pytest.raises(Refused, match="is not questioned"):
        cast.do(question.settle, practice.number, answer="Fine.")
    cast.do(question.question, practice.number, why="Weak.")
    before = cast.look(snapshot)
    with pytest.raises(Refused, match="Say why the practice stays as it is"):
        cast.do(question.settle, practice.number, answer=" \n ")
    with pytest.raises(Refused, match="Shorten this"):
        cast.do(question.settle, practice.number, answer="x" * 2_001)
    with pytest.raises(NotAllowed):
        cast.do(question.settle, practice.number, answer="Fine.", by="Cleo")
    assert cast.look(snapshot) == before


# Private incidents


def test_a_private_incident_questions_nothing_by_itself(cast: Cast) -> None:
    first, practice = adopted(cast)
    secret = happens(cast, is_private=True)
    assert found(cast, practice).questioned_at is None
    assert cast.stands(first)[0] == "automation"
    assert "question" not in [verb for verb, _ in cast.moves(secret)]
    assert cast.heard("PracticeQuestioned") == []


def test_what_only_a_private_incident_links_to_the_pattern_is_not_questioned(cast: Cast) -> None:
    other = cast.practice(statement="Tokens are short-lived")
    stood(cast, other, "checkout", ("adopted", cast.now, None))
    cast.clock.tick(days=1)
    secret = cast.declare(is_private=True)
    named(cast, secret, "Full disk", decision="known", practice_ids=[other.id])
    cast.clock.tick(days=1)
    happens(cast, "Full disk")
    assert found(cast, other).questioned_at is None, "it would tell that such an incident exists"


def test_no_number_is_left_with_the_practice_when_the_incident_becomes_private(cast: Cast) -> None:
    _, practice = adopted(cast)
    second = happens(cast)
    cast.do(incident.change_privacy, second, is_private=True, reader_ids=[])
    told = found(cast, practice)
    assert cast.look(lambda session: questioned.incidents(session, cast["Dev"], told)) == []
    assert cast.look(lambda session: questioned.incidents(session, cast["Ada"], told)) == [second]
    kept = " ".join(why for _, why in moved(cast, practice)) + told.questioned_because
    assert "INC-" not in kept
    assert "Payments" not in kept


def test_a_public_incident_is_opened_again_rather_than_a_private_one(cast: Cast) -> None:
    cast.clock.tick(days=-30)
    secret = cast.incident_at("analysis", is_private=True)
    cast.clock.tick(days=30)
    first, practice = adopted(cast)
    named(cast, secret, "Retry storm", decision="known", practice_ids=[practice.id])
    cast.do(lifecycle.advance, secret, "analysis")
    cast.clock.tick(minutes=1)
    happens(cast)
    assert cast.stands(first)[0] == "analysis"
    assert cast.stands(secret)[0] != "analysis"


def test_a_closed_loop_is_opened_again(cast: Cast) -> None:
    cast.clock.tick(days=-30)
    first = cast.incident_at("best_practice")
    practice = cast.practice(incident_number=first)
    cast.report(50)
    cast.check(practice.number, freshness_days=90)
    assert cast.stands(first) == ("adoption", "done")
    cast.clock.tick(days=30)
    cast.report(50)
    second = cast.incident_at("analysis")
    with cast.begin() as work:
        told = analysis.Told(new_pattern="Retry storm", decision="known", reason="It is.", practice_ids=[practice.id])
        analysis.save(work, second, told, version=0, by=cast["Ana"], now=cast.now)
    cast.do(lifecycle.advance, second, "analysis")
    assert found(cast, practice).questioned_at is not None
    assert cast.stands(first) == ("analysis", "active")
    cast.do(lifecycle.advance, first, "analysis")
    assert cast.stands(first) == ("adoption", "done"), "nothing that was entered is lost"


def test_an_incident_alone_with_its_practice_is_not_put_back_by_itself(cast: Cast) -> None:
    practice = cast.practice()
    stood(cast, practice, "checkout", ("adopted", cast.now, None))
    cast.clock.tick(days=1)
    number = cast.incident_at("analysis")
    named(cast, number, decision="known", practice_ids=[practice.id])
    cast.do(lifecycle.advance, number, "analysis")
    assert cast.stands(number)[0] == "automation"
    with cast.begin() as work:
        of = work.session.scalars(select(Incident).where(Incident.number == number)).one()
        assert question.question_by_incident(work, of, now=cast.now + timedelta(days=1)) == []
