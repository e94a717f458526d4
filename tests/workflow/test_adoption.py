"""Stage 8: facts and attestations come in, standings follow, loops close by themselves and open again by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.errors import NotAllowed, NotFound, Refused
from app.models.adoption import Exemption, PastStanding, Standing
from app.models.automation import Check
from app.models.best_practice import Practice
from app.models.catalog import Fact, Service
from app.workflow import adoption, automation, best_practice, catalog, evaluation, exemption
from tests.cast import Cast


def standings(cast: Cast, number: int = 1) -> dict[str, str]:
    rows = select(Service.name, Standing.standing).join(Standing, Standing.service_id == Service.id)
    return cast.look(lambda session: dict(session.execute(rows).all()))


def followed(cast: Cast, **told: Any) -> tuple[int, int]:
    """A practice with an active check, and an incident at adoption that is linked to it: their numbers."""
    practice = cast.practice(**told)
    number = cast.incident_at("best_practice")
    cast.do(best_practice.link, number, [practice.id])
    cast.check(practice.number)
    return practice.number, number


def test_facts_become_standings_and_are_their_evidence(cast: Cast) -> None:
    cast.report(50, "checkout")
    cast.report(500, "cart")
    practice, _ = followed(cast)
    assert standings(cast) == {"checkout": "adopted", "cart": "not_adopted", "search": "unknown"}
    told = select(Standing.message).order_by(Standing.service_id)
    assert cast.look(lambda session: session.scalars(told).all()) == [
        "timeout = 50", "timeout = 500", "The service has not reported any facts.",
    ]  # fmt: skip
    assert cast.practice_state(practice) == "automated"


def test_the_same_facts_again_are_fresh_evidence_but_not_more_of_it(cast: Cast) -> None:
    cast.report(50)
    followed(cast)
    cast.clock.tick(days=9)
    cast.report(50)
    rows = cast.look(lambda session: session.execute(select(Standing.due_at, Standing.due_standing)).all())
    assert rows == [(cast.now + timedelta(days=30), "unknown")] * 3
    assert cast.look(lambda session: session.scalar(select(func.count()).select_from(PastStanding))) == 0
    assert cast.look(lambda session: session.scalar(select(func.count()).select_from(Fact))) == 3


def test_the_loop_closes_by_itself_when_the_last_service_adopts(cast: Cast) -> None:
    cast.report(50, "checkout", "cart")
    practice, number = followed(cast)
    assert cast.stands(number) == ("adoption", "active")
    cast.report(60, "search")
    assert cast.practice_state(practice) == "adopted"
    assert cast.stands(number) == ("adoption", "done")
    assert cast.moves(number)[-1] == ("advance", "Ratchet")
    assert cast.heard("LoopClosed") == ["incidents"]


def test_a_slip_opens_the_loop_and_adopting_again_closes_it(cast: Cast) -> None:
    cast.report(50)
    practice, number = followed(cast)
    assert cast.stands(number) == ("adoption", "done")
    cast.report(500, "cart")
    assert (cast.practice_state(practice), cast.stands(number)) == ("slipped", ("adoption", "active"))
    cast.report(50, "cart")
    assert (cast.practice_state(practice), cast.stands(number)) == ("adopted", ("adoption", "done"))
    verbs = [verb for verb, who in cast.moves(number) if who == "Ratchet"]
    assert verbs[-3:] == ["advance", "reopen", "advance"]


def test_a_target_below_a_hundred_is_met_by_fewer(cast: Cast) -> None:
    cast.report(50, "checkout", "cart")
    practice, number = followed(cast, target_percent=66)
    assert cast.stands(number) == ("adoption", "done")
    cast.report(500, "checkout")
    assert cast.practice_state(practice) == "slipped"


def test_other_words_for_whom_it_applies_to_evaluate_everybody(cast: Cast) -> None:
    cast.report(50, "checkout", "cart")
    practice, number = followed(cast)
    told = best_practice.Told(
        statement="Calls have timeouts", why="One hung.", area="dependency", selector="service.tier == 1"
    )
    cast.do(best_practice.edit, practice, told, version=1, by="Ben")
    assert standings(cast) == {"checkout": "adopted", "cart": "adopted"}
    assert cast.stands(number) == ("adoption", "done")


def test_an_expression_that_fails_on_one_service_is_unknown_for_it_alone(cast: Cast) -> None:
    cast.report(50, "checkout", "cart")
    cast.do(adoption.report_facts, "search", {"other": 1}, source="test")
    followed(cast)
    assert standings(cast) == {"checkout": "adopted", "cart": "adopted", "search": "unknown"}
    told = cast.look(lambda session: session.scalar(select(Standing.message).where(Standing.standing == "unknown")))
    assert told == "The service does not report the fact 'timeout'."


def test_a_changed_check_is_evaluated_at_once(cast: Cast) -> None:
    cast.report(50)
    practice, _ = followed(cast)
    check = cast.look(lambda session: session.scalars(select(Check.id)).one())
    cast.do(automation.edit, check, automation.Told(kind="facts", expression='facts["timeout"] < 10'), version=2)
    assert set(standings(cast).values()) == {"not_adopted"}
    assert cast.practice_state(practice) == "slipped"
    cast.do(automation.switch_off, check, why="Too strict.")
    assert set(standings(cast).values()) == {"unknown"}


def test_evidence_that_nobody_renews_becomes_unknown_and_the_practice_slips(cast: Cast) -> None:
    cast.report(50)
    practice, number = followed(cast)
    stale_at = cast.clock.tick(days=30)
    cast.clock.tick(seconds=-1)
    with cast.begin() as work:
        evaluation.fall_due(work, practice, now=cast.now)
    assert cast.practice_state(practice) == "adopted"
    cast.clock.tick(days=1)
    with cast.begin() as work:
        evaluation.fall_due(work, practice, now=cast.now)
    assert (
        cast.look(lambda session: session.scalars(select(Standing.since)).all()) == [stale_at] * 3
    )  # not when noticed
    assert set(standings(cast).values()) == {"unknown"}
    assert (cast.practice_state(practice), cast.stands(number)) == ("slipped", ("adoption", "active"))


def test_since_when_is_kept_while_the_standing_stays(cast: Cast) -> None:
    cast.report(50)
    followed(cast)
    before = cast.now
    cast.clock.tick(days=3)
    cast.report(70)
    assert set(cast.look(lambda session: session.scalars(select(Standing.since)).all())) == {before}


def test_an_attestation_counts_until_it_expires(cast: Cast) -> None:
    practice = cast.practice(selector='service.kind == "stateful"')
    check = cast.attested(practice.number)
    assert standings(cast)["cart"] == "unknown"
    cast.do(adoption.attest, check.id, "cart", "fail", message="It was not.", by="Ben")
    assert standings(cast)["cart"] == "not_adopted"
    cast.do(adoption.attest, check.id, "cart", "pass", message="Restored on Friday.", by="Ben")
    assert cast.practice_state(practice.number) == "adopted"
    cast.clock.tick(days=91)
    with cast.begin() as work:
        evaluation.refresh(work, practice.number, now=cast.now)
    assert cast.practice_state(practice.number) == "slipped"


def test_an_attestation_that_does_not_fit_is_refused(cast: Cast) -> None:
    practice = cast.practice()
    machine, person = cast.check(practice.number), cast.attested(practice.number)
    for check, result, message, sentence in (
        (machine.id, "pass", "Looked.", "Only an active check of kind attested"),
        (person.id, "maybe", "Looked.", "Choose pass or fail"),
        (person.id, "pass", " ", "Say what you looked at"),
    ):
        with pytest.raises(Refused, match=sentence):
            cast.do(adoption.attest, check, "cart", result, message=message)
    with pytest.raises(NotAllowed):
        cast.do(adoption.attest, person.id, "cart", "pass", message="x", by="Cleo")
    with pytest.raises(NotFound):
        cast.do(adoption.attest, person.id, "moon", "pass", message="x")


def test_an_exempt_service_counts_neither_way_until_the_last_day_is_over(cast: Cast) -> None:
    cast.report(50, "checkout", "cart")
    cast.report(500, "search")
    practice, number = followed(cast)
    until = cast.now.date() + timedelta(days=10)
    cast.do(exemption.exempt, practice, "search", reason="It is rewritten.", expires_on=until, by="Ben")
    assert standings(cast)["search"] == "exempt"
    assert cast.stands(number) == ("adoption", "done")
    for days, state in ((10, "adopted"), (1, "slipped")):
        cast.clock.tick(days=days)
        with cast.begin() as work:
            evaluation.refresh(work, practice, now=cast.now)
        assert cast.practice_state(practice) == state


def test_an_exemption_is_given_by_an_owner_for_a_reason_and_a_time(cast: Cast) -> None:
    practice, _ = followed(cast)
    today = cast.now.date()
    for about in (
        {"reason": " ", "expires_on": today}, {"reason": "x", "expires_on": today - timedelta(days=1)},
        {"reason": "x", "expires_on": today + timedelta(days=367)},
    ):  # fmt: skip
        with pytest.raises(Refused):
            cast.do(exemption.exempt, practice, "cart", **about)
    with pytest.raises(NotAllowed):
        cast.do(exemption.exempt, practice, "cart", reason="x", expires_on=today, by="Cleo")
    with pytest.raises(NotFound):
        cast.do(exemption.exempt, practice, "moon", reason="x", expires_on=today)
    with pytest.raises(Refused, match="cart is not exempt from BP-1"):
        cast.do(exemption.end_exemption, practice, "cart")
    first = cast.do(exemption.exempt, practice, "cart", reason="x", expires_on=today)
    second = cast.do(exemption.exempt, practice, "cart", reason="Longer.", expires_on=today, by="Ben")
    kept = cast.look(lambda session: {each.id: each.state for each in session.scalars(select(Exemption))})
    assert kept == {first.id: "ended", second.id: "granted"}
    cast.do(exemption.end_exemption, practice, "cart")
    assert standings(cast)["cart"] == "unknown"


def test_a_retired_service_no_longer_counts(cast: Cast) -> None:
    cast.report(50, "checkout", "cart")
    _, number = followed(cast)
    told = catalog.ServiceTold(name="search", team_id=cast.teams["search"], tier=2, is_retired=True)
    cast.do(catalog.edit_service, "search", told, version=1)
    assert set(standings(cast)) == {"checkout", "cart"}
    assert cast.stands(number) == ("adoption", "done")


def test_a_new_service_makes_a_practice_slip_until_it_adopts(cast: Cast) -> None:
    cast.report(50)
    practice, number = followed(cast)
    cast.do(catalog.add_service, catalog.ServiceTold(name="gifts"))
    assert (cast.practice_state(practice), cast.stands(number)) == ("slipped", ("adoption", "active"))
    cast.report(50, "gifts")
    assert cast.stands(number) == ("adoption", "done")


def test_facts_are_reported_by_those_who_may_for_services_that_there_are(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        cast.do(adoption.report_facts, "cart", {"timeout": 1}, source="x", by="Dev")
    with pytest.raises(NotFound, match="There is no service moon"):
        cast.do(adoption.report_facts, "moon", {"timeout": 1}, source="x")
    with pytest.raises(Refused, match="Give each fact a key"):
        cast.do(adoption.report_facts, "cart", {" ": 1}, source="x")


def test_a_second_incident_of_an_adopted_practice_closes_at_once(cast: Cast) -> None:
    cast.report(50)
    followed(cast)
    again = cast.incident_at("best_practice")
    row = cast.look(lambda session: session.scalars(select(Standing.practice_id).limit(1)).one())
    cast.do(best_practice.link, again, [row])
    assert cast.stands(again) == ("adoption", "done")
    assert [verb for verb, _ in cast.moves(again)][-3:] == ["advance"] * 3


def test_a_check_that_loops_too_long_on_one_service_is_unknown_there_and_stops_nobody(cast: Cast) -> None:
    cast.report(50, "checkout", "cart")
    cast.do(adoption.report_facts, "search", {f"k{at}": list(range(40)) for at in range(120)}, source="test")
    cast.report(50, "search")
    slow = cast.practice(statement="Slow")
    cast.check(slow.number, "facts.all(k, facts.all(l, facts[k] != null && facts[l] != null))")
    other = cast.practice(statement="Other")
    cast.check(other.number)
    stood = cast.look(lambda session: {
        (practice, service): (standing, message)
        for practice, service, standing, message in session.execute(
            select(Practice.statement, Service.name, Standing.standing, Standing.message)
            .join(Standing, Standing.practice_id == Practice.id)
            .join(Service, Service.id == Standing.service_id)
        )
    })  # fmt: skip
    assert stood[("Slow", "search")] == (
        "unknown", "The expression takes too long on the facts of this service: it loops over too many.",
    )  # fmt: skip
    assert [stood[("Slow", each)][0] for each in ("checkout", "cart")] == ["adopted"] * 2
    assert [stood[("Other", each)][0] for each in ("checkout", "cart", "search")] == ["adopted"] * 3
