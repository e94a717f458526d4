"""Exemptions: asked for by a team, granted by the practice's owner, expiring, announced before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.people import ADMINISTRATOR, OWNER, RATCHET, Actor
from app.models.adoption import Exemption, Standing
from app.models.catalog import Service
from app.models.history import Move
from app.models.person import Person
from app.queries import exemptions
from app.workflow import best_practice, catalog, exemption
from tests.cast import Cast, sentences, snapshot


@pytest.fixture
def practice(cast: Cast) -> int:
    """A measured practice of Ana, accepted by Ben, which nobody follows."""
    cast.report(500)
    made = cast.practice()
    cast.check(made.number)
    return made.number


def asked(cast: Cast, number: int, service: str = "search", *, by: str = "Cleo", **about: Any) -> Exemption:
    told = {"reason": "It is rewritten.", "expires_on": cast.now.date() + timedelta(days=20), **about}
    return cast.do(exemption.ask, number, service, by=by, **told)


def exempted(cast: Cast, number: int, service: str = "search", *, by: str = "Ana", **about: Any) -> Exemption:
    told = {"reason": "It is rewritten.", "expires_on": cast.now.date() + timedelta(days=20), **about}
    return cast.do(exemption.exempt, number, service, by=by, **told)


def stands(cast: Cast, service: str = "search") -> str:
    rows = select(Standing.standing).where(Standing.service_id == cast.services[service])
    return cast.look(lambda session: session.scalars(rows).one())


def state(cast: Cast, of: Exemption) -> str:
    return cast.look(lambda session: session.get_one(Exemption, of.id).state)


def verbs(cast: Cast) -> list[str]:
    rows = select(Move.verb).where(Move.practice_id.is_not(None), Move.verb.contains("exempt")).order_by(Move.id)
    return cast.look(lambda session: list(session.scalars(rows)))


def add_owner(cast: Cast, name: str = "Eve", role: str = OWNER) -> None:
    person = Person(email=f"{name}@cast.example", name=name, role=role, created_at=cast.now, version=1)
    with cast.begin() as work:
        work.session.add(person)
        work.session.flush()
        cast.actors[name] = Actor(person.id, name, role)


def leave(cast: Cast, *names: str) -> None:
    with cast.begin() as work:
        work.session.execute(
            update(Person).where(Person.id.in_([cast.id(each) for each in names])).values(is_active=False)
        )


def test_a_request_waits_and_changes_no_standing_until_it_is_granted(cast: Cast, practice: int) -> None:
    row = asked(cast, practice)
    assert (row.state, stands(cast)) == ("asked", "not_adopted")
    assert cast.heard("ExemptionAsked") == ["Ana", "Ben"]
    granted = cast.do(exemption.grant, row.id, answer="Until the rewrite.", by="Ben")
    assert (granted.state, granted.decided_by_id, granted.answer) == ("granted", cast.id("Ben"), "Until the rewrite.")
    assert stands(cast) == "exempt"
    assert cast.heard("ExemptionGranted") == ["Cleo", "team search"]
    assert verbs(cast) == ["ask_exemption", "exempt"]


def test_a_request_is_declined_with_an_answer(cast: Cast, practice: int) -> None:
    row = asked(cast, practice)
    with pytest.raises(Refused, match="Say why not"):
        cast.do(exemption.decline, row.id, answer=" ")
    cast.do(exemption.decline, row.id, answer="A week is enough to fix it.")
    assert (state(cast, row), stands(cast)) == ("declined", "not_adopted")
    assert cast.heard("ExemptionDeclined") == ["Cleo", "team search"]
    assert asked(cast, practice).id != row.id  # one may ask again


def test_there_is_one_open_request_for_each_cell(cast: Cast, practice: int, session: Session) -> None:
    asked(cast, practice)
    before = snapshot(session)
    with pytest.raises(Refused, match="was asked for already: it waits for Ana and Ben"):
        asked(cast, practice, by="Ben")
    with pytest.raises(Refused, match="was asked for already: answer or withdraw that request"):
        exempted(cast, practice)
    assert snapshot(session) == before
    assert asked(cast, practice, "cart").state == "asked"


def test_only_the_owners_of_the_practice_decide(cast: Cast, practice: int) -> None:
    add_owner(cast)
    row = asked(cast, practice)
    for step, about in ((exemption.grant, {}), (exemption.decline, {"answer": "No."})):
        with pytest.raises(NotAllowed, match="BP-1 belongs to Ana and Ben: the request waits for them"):
            cast.do(step, row.id, by="Eve", **about)
        with pytest.raises(NotAllowed, match="Only owners"):
            cast.do(step, row.id, by="Cleo", **about)
    assert cast.do(exemption.grant, row.id, by="Ada").state == "granted"  # an administrator may


def test_another_owner_who_exempts_asks_instead(cast: Cast, practice: int) -> None:
    add_owner(cast)
    row = exempted(cast, practice, by="Eve")
    assert (row.state, stands(cast)) == ("asked", "not_adopted")
    with pytest.raises(NotAllowed, match="BP-1 belongs to Ana and Ben: ask them to end the exemption"):
        cast.do(exemption.end_exemption, practice, "search", by="Eve")


def test_without_its_owners_any_owner_decides(cast: Cast, practice: int) -> None:
    add_owner(cast)
    row = asked(cast, practice)
    leave(cast, "Ana", "Ben")
    assert cast.do(exemption.grant, row.id, by="Eve").state == "granted"


def test_an_author_who_is_no_owner_decides_nothing(cast: Cast) -> None:
    told = best_practice.Told(statement="Calls have timeouts", why="One hung.", area="dependency")
    number = cast.do(best_practice.propose, told, by="Cleo").number
    cast.do(best_practice.accept, number, version=1, by="Ben")
    row = asked(cast, number, by="Cleo")
    with pytest.raises(NotAllowed):
        cast.do(exemption.grant, row.id, by="Cleo")
    with pytest.raises(NotAllowed, match="BP-1 belongs to Ben"):
        cast.do(exemption.grant, row.id, by="Ana")


def test_nobody_grants_what_they_asked_for_not_even_an_administrator(cast: Cast, practice: int) -> None:
    for who, others in (("Ana", "Ben"), ("Ada", "Ana or Ben")):
        row = asked(cast, practice, by=who)
        with pytest.raises(NotAllowed, match=f"You asked for this yourself: {others} decides"):
            cast.do(exemption.grant, row.id, by=who)
        cast.do(exemption.withdraw, row.id, by=who)


def test_whoever_is_alone_decides_on_their_own_request_and_the_history_says_so(cast: Cast, practice: int) -> None:
    row = asked(cast, practice, by="Ana")
    leave(cast, "Ben", "Ada")
    cast.do(exemption.grant, row.id, by="Ana")
    why = cast.look(lambda session: session.scalars(select(Move.why).where(Move.verb == "exempt")).one())
    assert why.endswith("Decided by whoever asked: there is nobody else who may.")


def test_whoever_asked_or_the_team_of_the_service_withdraws(cast: Cast, practice: int) -> None:
    by_ben = asked(cast, practice, by="Ben")
    cast.do(exemption.withdraw, by_ben.id, by="Cleo")  # of the team that owns search
    by_cleo = asked(cast, practice, "cart", by="Cleo")
    add_owner(cast)
    with pytest.raises(NotAllowed, match="withdrawn by whoever asked, or by the team"):
        cast.do(exemption.withdraw, by_cleo.id, by="Eve")
    cast.do(exemption.withdraw, by_cleo.id, by="Cleo")
    assert [state(cast, each) for each in (by_ben, by_cleo)] == ["ended", "ended"]


def test_an_answered_request_is_not_answered_again(cast: Cast, practice: int, session: Session) -> None:
    row = asked(cast, practice)
    cast.do(exemption.grant, row.id)
    before = snapshot(session)
    for step, about in ((exemption.grant, {}), (exemption.decline, {"answer": "No."}), (exemption.withdraw, {})):
        with pytest.raises(Refused, match="it is granted already"):
            cast.do(step, row.id, **about)
    with pytest.raises(NotFound, match="There is no such exemption"):
        cast.do(exemption.grant, row.id + 99)
    assert snapshot(session) == before


def test_a_granted_exemption_replaces_the_one_that_runs(cast: Cast, practice: int) -> None:
    first = exempted(cast, practice)
    row = asked(cast, practice, reason="Two weeks more.", expires_on=cast.now.date() + timedelta(days=34))
    cast.do(exemption.grant, row.id)
    assert [state(cast, each) for each in (first, row)] == ["ended", "granted"]
    second = exempted(cast, practice, by="Ben")
    assert [state(cast, each) for each in (row, second)] == ["ended", "granted"]
    cast.do(exemption.end_exemption, practice, "search", by="Ada")
    assert (state(cast, second), stands(cast)) == ("ended", "not_adopted")


def test_a_request_is_granted_until_another_day_but_none_that_is_over(cast: Cast, practice: int) -> None:
    row = asked(cast, practice, expires_on=cast.now.date() + timedelta(days=2))
    cast.clock.tick(days=3)
    with pytest.raises(Refused, match="Choose a last day from today"):
        cast.do(exemption.grant, row.id)
    until = cast.now.date() + timedelta(days=5)
    assert cast.do(exemption.grant, row.id, expires_on=until).expires_on == until


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"reason": " "}, "Say why the service is excused."),
        ({"reason": "a\x00b"}, "Remove the NUL character: no database can keep it."),
        ({"reason": "x" * 2_001}, "Shorten this to 2,000 characters; it has 2,001."),
        ({"expires_on": None}, "Choose the last day."),
    ],
)
def test_a_request_needs_a_reason_and_a_day(cast: Cast, practice: int, about: Any, sentence: str) -> None:
    with pytest.raises(Refused) as error:
        asked(cast, practice, **about)
    assert sentences(error) == [sentence]


def test_nobody_asks_where_nobody_is_measured(cast: Cast, practice: int) -> None:
    told = catalog.ServiceTold(name="search", team_id=cast.teams["search"], tier=2, is_retired=True)
    cast.do(catalog.edit_service, "search", told, version=1)
    with pytest.raises(Refused, match="search is retired: it needs no exemption"):
        asked(cast, practice)
    cast.do(best_practice.retire, practice, why="It holds no longer.")
    with pytest.raises(Refused, match="BP-1 is retired"):
        asked(cast, practice, "cart")
    with pytest.raises(NotAllowed):
        asked(cast, practice, "cart", by="Dev")
    with pytest.raises(NotFound):
        asked(cast, practice, "moon")


def test_ratchet_itself_excuses_nobody(cast: Cast, practice: int) -> None:
    cast.actors["Ratchet"] = RATCHET
    with pytest.raises(NotAllowed, match="named person"):
        exempted(cast, practice, by="Ratchet")


def test_an_exemption_that_ends_within_a_week_is_announced_once(cast: Cast, practice: int) -> None:
    soon = exempted(cast, practice, expires_on=cast.now.date() + timedelta(days=8))
    exempted(cast, practice, "cart", expires_on=cast.now.date() + timedelta(days=60))
    assert cast.look(lambda session: exemptions.expiring(session, cast.now)) == []
    cast.clock.tick(days=1)
    assert cast.look(lambda session: exemptions.expiring(session, cast.now)) == [soon.id]
    for told in (True, False):
        with cast.begin() as work:
            assert exemption.warn(work, soon.id, cast.now) is told
    assert cast.look(lambda session: exemptions.expiring(session, cast.now)) == []
    assert cast.heard("ExemptionExpiring") == ["Ana", "team search"]
    assert verbs(cast)[-1] == "warn_exemption"


def test_what_is_over_or_ended_is_not_announced(cast: Cast, practice: int) -> None:
    ended = exempted(cast, practice, expires_on=cast.now.date() + timedelta(days=3))
    cast.do(exemption.end_exemption, practice, "search")
    over = exempted(cast, practice, "cart", expires_on=cast.now.date() + timedelta(days=3))
    cast.clock.tick(days=4)
    assert cast.look(lambda session: exemptions.expiring(session, cast.now)) == []
    for each in (ended, over):
        with cast.begin() as work:
            assert not exemption.warn(work, each.id, cast.now)


def test_one_exemption_moves_one_cell_and_no_other(cast: Cast, practice: int) -> None:
    others = select(Standing.service_id, Standing.standing, Standing.since).where(
        Standing.service_id != cast.services["search"]
    )
    before = cast.look(lambda session: sorted(session.execute(others).all()))
    cast.clock.tick(days=40)  # whoever evaluated the others now would find their facts stale
    exempted(cast, practice)
    assert cast.look(lambda session: sorted(session.execute(others).all())) == before
    assert cast.look(lambda session: session.scalar(select(func.count()).select_from(Service))) == 3


def test_an_administrator_is_among_those_who_decide(cast: Cast, practice: int) -> None:
    assert cast["Ada"].role == ADMINISTRATOR
    assert exempted(cast, practice, by="Ada").state == "granted"
