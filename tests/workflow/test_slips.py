"""Slips: what is lost is written down, told once to the owning team, and flapping within a day is one event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.models.adoption import Slip
from app.models.best_practice import Practice
from app.models.outbox import OutboxMessage
from app.queries import slip_notices
from app.workflow import automation, best_practice, catalog, evaluation, slips
from tests.cast import Cast

SETTLE = timedelta(minutes=10)


@pytest.fixture
def adopted(cast: Cast) -> Practice:
    """All three services have adopted it."""
    cast.report(50)
    practice = cast.practice()
    cast.check(practice.number)
    return practice


def found(cast: Cast) -> list[Slip]:
    return cast.look(lambda session: session.scalars(select(Slip).order_by(Slip.id)).all())


def told(cast: Cast) -> list[tuple[str, int]]:
    """Every message about slips: to whom, and of how many."""
    rows = select(OutboxMessage).where(OutboxMessage.event == "ServicesSlipped").order_by(OutboxMessage.id)
    names = {f"team:{key}": name for name, key in cast.teams.items()}
    return cast.look(
        lambda session: [
            (names.get(each.audience, each.audience), len(each.payload["slip_ids"])) for each in session.scalars(rows)
        ]
    )


def tell(cast: Cast, **later: float) -> None:
    """The worker looks, some time later."""
    cast.clock.tick(**later)
    with cast.begin() as work:
        slips.tell_due(work, now=cast.now, settle=SETTLE)


def test_what_fails_is_told_once_to_each_team_and_not_per_service(cast: Cast, adopted: Practice) -> None:
    cast.report(500)
    assert [each.cause for each in found(cast)] == ["Its check fails."] * 3
    tell(cast)
    assert told(cast) == []  # it may come back
    tell(cast, minutes=10)
    tell(cast, minutes=1)
    assert sorted(told(cast)) == [("search", 1), ("shop", 2)]


def test_several_practices_of_a_team_are_one_message(cast: Cast, adopted: Practice) -> None:
    other = cast.practice(statement="Calls are quick")
    cast.check(other.number, 'facts["timeout"] < 90')
    cast.report(500, "checkout", "cart")
    tell(cast, minutes=10)
    assert told(cast) == [("shop", 4)]


def test_flapping_within_a_day_is_one_event(cast: Cast, adopted: Practice) -> None:
    for _ in range(4):
        cast.report(500, "cart")
        tell(cast, minutes=11)
        cast.report(50, "cart")
        tell(cast, hours=5)
    assert told(cast) == [("shop", 1)]
    assert [(each.times, each.recovered_at is not None) for each in found(cast)] == [(4, True)]
    cast.clock.tick(days=1)
    cast.report(500, "cart")
    tell(cast, minutes=11)
    assert told(cast) == [("shop", 1)] * 2
    assert [each.times for each in found(cast)] == [4, 1]


def test_a_team_hears_at_most_once_an_hour(cast: Cast, adopted: Practice) -> None:
    cast.report(500, "cart")
    tell(cast, minutes=10)
    cast.report(500, "checkout")
    tell(cast, minutes=20)
    assert told(cast) == [("shop", 1)]
    tell(cast, minutes=41)
    assert told(cast) == [("shop", 1)] * 2


def test_stale_evidence_and_exemptions_that_end_are_slips_with_their_cause(cast: Cast, adopted: Practice) -> None:
    cast.clock.tick(days=29)
    cast.report(50, "checkout")
    cast.clock.tick(days=2)
    with cast.begin() as work:
        evaluation.fall_due(work, adopted.number, now=cast.now)
    assert (
        sorted((each.cause, each.at) for each in found(cast))
        == [("Its evidence is too old.", cast.now - timedelta(days=1))] * 2
    )


def test_a_service_that_is_new_to_an_adopted_practice_is_a_slip_elsewhere_it_is_not(
    cast: Cast, adopted: Practice
) -> None:
    open_one = cast.practice(statement="Far away")
    cast.check(open_one.number, 'facts["timeout"] < 1')
    cast.do(catalog.add_service, catalog.ServiceTold(name="gifts", team_id=cast.teams["search"]))
    assert [(each.cause, each.practice_id) for each in found(cast)] == [("The practice applies to it now.", adopted.id)]


def test_a_wider_selector_makes_new_services_slip(cast: Cast) -> None:
    cast.report(50, "cart")
    practice = cast.practice(selector='service.name == "cart"')
    cast.check(practice.number)
    about = best_practice.Told(**{**best_practice.saved(practice), "selector": "true"})
    cast.do(best_practice.edit, practice.number, about, version=1, by="Ben")
    assert {each.cause for each in found(cast)} == {"The practice applies to it now."}
    assert len(found(cast)) == 2


def test_what_a_new_check_takes_away_is_told_by_its_own_announcement(cast: Cast, adopted: Practice) -> None:
    cast.check(adopted.number, 'facts["timeout"] < 10')
    assert len(found(cast)) == 3
    tell(cast, hours=2)
    assert told(cast) == []
    assert cast.heard("CheckActivated")[-2:] == ["team shop", "team search"]


def test_a_check_that_is_changed_is_news(cast: Cast, adopted: Practice) -> None:
    check = cast.look(lambda session: session.scalars(select(automation.Check)).one())
    cast.do(
        automation.edit, check.id, automation.Told(kind="facts", expression='facts["timeout"] < 1'),
        version=check.version,
    )  # fmt: skip
    tell(cast, minutes=10)
    assert sorted(told(cast)) == [("search", 1), ("shop", 2)]


def test_a_retired_service_and_a_retired_practice_have_nothing_left_to_lose(cast: Cast, adopted: Practice) -> None:
    cast.report(500, "search", "cart")
    told_of = catalog.ServiceTold(name="search", team_id=cast.teams["search"], is_retired=True)
    cast.do(catalog.edit_service, "search", told_of, version=1)
    cast.do(best_practice.retire, adopted.number, why="Enough.", by="Ben")
    assert all(each.recovered_at == cast.now for each in found(cast))
    tell(cast, hours=1)
    assert told(cast) == []


def test_what_has_recovered_when_the_message_is_delivered_is_not_told(cast: Cast, adopted: Practice) -> None:
    cast.report(500, "checkout", "cart")
    tell(cast, minutes=10)
    cast.report(50, "cart")
    message = cast.look(lambda session: session.scalars(
        select(OutboxMessage).where(OutboxMessage.event == "ServicesSlipped")).one())  # fmt: skip
    notice: Any = cast.look(
        lambda session: slip_notices.read(session, message.payload["team_id"], message.payload["slip_ids"])
    )
    assert [(line.service, line.why) for line in notice.lines] == [("checkout", "timeout = 500")]
    assert (notice.count, notice.services, notice.team) == (1, 1, "Shop")
