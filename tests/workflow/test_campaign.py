"""Campaigns: a target by a day, a burn-up that is exact, and an end that comes by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.domain.errors import Conflict, NotAllowed, NotFound, Refused
from app.models.adoption import Campaign, PastStanding, Standing
from app.models.best_practice import Practice
from app.models.history import Move
from app.queries import burn_up
from app.queries import campaign as campaigns
from app.workflow import best_practice, campaign
from app.workflow.campaign import Told
from tests.cast import Cast, sentences, snapshot

APPLICABLE = ("adopted", "not_adopted", "unknown")


@pytest.fixture
def practice(cast: Cast) -> Practice:
    """A measured practice that one of three services follows."""
    cast.report(500)
    cast.report(50, "cart")
    made = cast.practice()
    cast.check(made.number)
    return made


def told(cast: Cast, **about: Any) -> Told:
    today = cast.now.date()
    return Told(
        **{"why": "The next sale.", "target_percent": 100, "starts_on": today, "owner_id": cast.id("Ben"),
           "ends_on": today + timedelta(days=30), **about}
    )  # fmt: skip


def start(cast: Cast, number: int, *, by: str = "Ana", **about: Any) -> Campaign:
    return cast.do(campaign.start, number, told(cast, **about), by=by)


def settle(cast: Cast) -> int:
    with cast.begin() as work:
        return campaign.settle_due(work, cast.now)


def stands(cast: Cast, of: Campaign) -> tuple[str, str]:
    found = cast.look(lambda session: session.get_one(Campaign, of.id))
    return found.state, found.closed_because


def verbs(cast: Cast) -> list[str]:
    rows = select(Move.verb).where(Move.verb.contains("campaign")).order_by(Move.id)
    return cast.look(lambda session: list(session.scalars(rows)))


def test_a_campaign_is_told_to_engineering_and_the_teams_that_must_act(cast: Cast, practice: Practice) -> None:
    of = start(cast, practice.number)
    assert (of.state, of.version, of.owner_id) == ("running", 1, cast.id("Ben"))
    assert cast.heard("CampaignStarted") == ["engineering", "team shop", "team search"]
    assert verbs(cast) == ["start_campaign"]


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"why": " "}, "Say why it matters now."),
        ({"why": "\x00"}, "Remove the NUL character: no database can keep it."),
        ({"target_percent": 0}, "Enter the target as a percentage from 1 to 100."),
        ({"target_percent": None}, "Enter the target as a percentage from 1 to 100."),
        ({"target_percent": 33}, "BP-1 is there already: 1 of 3 services. Choose a higher target."),
        ({"starts_on": None}, "Choose the first day."),
        ({"ends_on": None}, "Choose the last day."),
        ({"starts_on": date(1999, 1, 1)}, "Choose a first day within two years of today."),
        ({"ends_on": date(2026, 3, 1), "starts_on": date(2026, 2, 1)}, "Choose a last day that is not over yet."),
        ({"starts_on": date(2026, 5, 1)}, "Choose a last day after the first one."),
        ({"ends_on": date(2029, 3, 2)}, "A campaign lasts two years at most."),
        ({"owner_id": None}, "Choose who drives it."),
        ({"owner_id": 999_999}, "Choose who drives it."),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(
    cast: Cast, practice: Practice, session: Session, about: Any, sentence: str
) -> None:
    before = snapshot(session)
    with pytest.raises(Refused) as error:
        start(cast, practice.number, **about)
    assert sentences(error) == [sentence]
    assert snapshot(session) == before


def test_only_a_measured_practice_has_one_and_one_at_a_time(cast: Cast, practice: Practice) -> None:
    start(cast, practice.number)
    with pytest.raises(Refused, match="BP-1 has a campaign until 1 April 2026 already"):
        start(cast, practice.number)
    with pytest.raises(Refused, match="BP-2 is not measured: activate a check first"):
        start(cast, cast.practice().number)
    with pytest.raises(NotAllowed, match="Only owners or administrators may run a campaign"):
        start(cast, practice.number, by="Cleo")


def test_two_who_change_it_see_both_versions(cast: Cast, practice: Practice) -> None:
    of = start(cast, practice.number)
    cast.do(campaign.edit, of.id, told(cast, target_percent=90), version=1, by="Ben")
    with pytest.raises(Conflict) as error:
        cast.do(campaign.edit, of.id, told(cast, why="Other."), version=1)
    assert (error.value.who, error.value.saved["target_percent"]) == ("Ben", 90)
    cast.do(campaign.edit, of.id, told(cast, target_percent=90), version=2)
    assert verbs(cast) == ["start_campaign", "edit_campaign"]  # nothing was different
    with pytest.raises(NotFound):
        cast.do(campaign.edit, of.id + 9, told(cast), version=1)


def test_it_is_reached_when_the_share_is(cast: Cast, practice: Practice) -> None:
    of = start(cast, practice.number)
    assert settle(cast) == 0
    cast.clock.tick(days=3)
    cast.report(50)
    assert settle(cast) == 1
    assert stands(cast, of) == ("reached", "3 of 3 services have adopted it; the target was 3.")
    assert (verbs(cast)[-1], cast.heard("CampaignClosed")[0]) == ("reach_campaign", "engineering")
    assert settle(cast) == 0


def test_it_is_not_reached_before_it_begins(cast: Cast, practice: Practice) -> None:
    of = start(cast, practice.number, starts_on=cast.now.date() + timedelta(days=5))
    cast.report(50)
    assert settle(cast) == 0
    cast.clock.tick(days=5)
    assert settle(cast) == 1
    assert stands(cast, of)[0] == "reached"


def test_it_is_missed_on_the_day_after_its_last(cast: Cast, practice: Practice) -> None:
    of = start(cast, practice.number)
    cast.clock.tick(days=30)
    assert settle(cast) == 0
    cast.clock.tick(days=1)
    assert settle(cast) == 1
    assert stands(cast, of)[0] == "missed"
    assert verbs(cast)[-1] == "miss_campaign"


def test_it_ends_for_a_reason_or_with_its_practice(cast: Cast, practice: Practice) -> None:
    of = start(cast, practice.number)
    with pytest.raises(Refused, match="Say why the campaign ends"):
        cast.do(campaign.end, of.id, why=" ")
    cast.do(campaign.end, of.id, why="Another rule matters more.")
    assert stands(cast, of) == ("ended", "Another rule matters more.")
    with pytest.raises(Refused, match="This campaign is closed"):
        cast.do(campaign.edit, of.id, told(cast), version=2)
    again = start(cast, practice.number)
    cast.do(best_practice.retire, practice.number, why="It holds no longer.")
    assert settle(cast) == 1
    assert stands(cast, again) == ("ended", "BP-1 is retired.")


def test_lowering_the_target_below_the_share_reaches_it(cast: Cast, practice: Practice) -> None:
    of = start(cast, practice.number)
    cast.do(campaign.edit, of.id, told(cast, target_percent=30), version=1)
    assert stands(cast, of)[0] == "reached"


# The burn-up


def lay_down(cast: Cast, practice: Practice, random: Random, begin: datetime) -> dict[int, list[Any]]:
    """A past at random for every service; by service what stood from when."""
    spans: dict[int, list[Any]] = {}
    with cast.begin() as work:
        work.session.execute(delete(Standing).where(Standing.practice_id == practice.id))
        for service in cast.services.values():
            at, found = begin + timedelta(hours=random.randrange(0, 96)), []
            while at < cast.now and len(found) < 12:
                standing = random.choice([*APPLICABLE, "exempt", "not_applicable"])
                found.append([at, standing])
                # now and then to the very end of a day
                at = datetime.combine(at.date() + timedelta(days=1), time(), UTC) if random.random() < 0.3 else at
                at += timedelta(hours=random.randrange(1, 60))
            spans[service] = found
            cell = {"practice_id": practice.id, "service_id": service, "message": ""}
            for (since, standing), (until, _) in pairwise(found):
                row = {**cell, "since": since, "until": until, "standing": standing}
                work.session.execute(insert(PastStanding), [row])
            *_, (since, standing) = found
            work.session.execute(insert(Standing), [{**cell, "since": since, "standing": standing}])
    return spans


@pytest.mark.parametrize("seed", range(4))
def test_the_burn_up_is_exact_on_every_day(cast: Cast, practice: Practice, seed: int) -> None:
    begin = cast.now
    cast.clock.tick(days=20, hours=7)
    spans = lay_down(cast, practice, Random(seed), begin)
    of = start(cast, practice.number, starts_on=begin.date() + timedelta(days=2), target_percent=100)
    days = cast.look(lambda session: burn_up.of_campaigns(session, [of], cast.now))[of.id]
    assert [each.on for each in days] == [of.starts_on + timedelta(days=at) for at in range(19)]
    for each in days:
        end = min(datetime.combine(each.on + timedelta(days=1), time(), UTC), cast.now)
        stood = [[name for at, name in found if at < end] for found in spans.values()]
        last = [names[-1] for names in stood if names]
        assert each.adopted == last.count("adopted"), each
        assert each.applicable == sum(name in APPLICABLE for name in last), each


def test_what_time_alone_has_changed_counts_although_nobody_wrote_it_down(cast: Cast, practice: Practice) -> None:
    of = start(cast, practice.number)
    due, later = cast.now + timedelta(days=2), cast.now + timedelta(days=4)
    with cast.begin() as work:
        cell = work.session.get_one(Standing, (practice.id, cast.services["cart"]))
        cell.due_at, cell.due_standing, cell.later = due, "unknown", [[later.isoformat(), "not_applicable"]]
    cast.clock.tick(days=5)
    days = cast.look(lambda session: burn_up.of_campaigns(session, [of], cast.now))[of.id]
    assert [each.adopted for each in days] == [1, 1, 0, 0, 0, 0]
    assert [each.applicable for each in days] == [3, 3, 3, 3, 2, 2]


def test_a_campaign_that_has_not_begun_has_no_days_and_a_closed_one_no_later_ones(
    cast: Cast, practice: Practice
) -> None:
    of = start(cast, practice.number, starts_on=cast.now.date() + timedelta(days=3))
    assert cast.look(lambda session: campaigns.find(session, of.id, cast.now)).days == []
    cast.clock.tick(days=4)
    cast.do(campaign.end, of.id, why="Enough.")
    cast.clock.tick(days=9)
    row = cast.look(lambda session: campaigns.find(session, of.id, cast.now))
    assert len(row.days) == 2
    assert (row.forecast, row.is_at_risk) == (None, False)


def test_those_at_risk_come_first(cast: Cast, practice: Practice) -> None:
    fine = start(cast, practice.number, ends_on=cast.now.date() + timedelta(days=20))
    other = cast.practice(statement="Second")
    cast.check(other.number)
    late = start(cast, other.number, ends_on=cast.now.date() + timedelta(days=30), starts_on=date(2025, 12, 2))
    rows, total = cast.look(lambda session: campaigns.running(session, cast.now))
    assert ([each.campaign.id for each in rows], total) == ([late.id, fine.id], 2)
    assert [each.is_at_risk for each in rows] == [True, False]


def test_services_to_go_are_ordered_by_impact_of_what_the_reader_may_see(cast: Cast, practice: Practice) -> None:
    number = cast.incident_at("best_practice", service_ids=[cast.services["search"]])
    cast.do(best_practice.link, number, [practice.id])
    seen = cast.look(lambda session: campaigns.to_go(session, cast["Dev"], practice, 1))
    assert [each.service for each in seen[0]] == ["search", "checkout"]
    assert seen[0][0].impact.words == "1 incident, customer minutes unknown"
    assert seen[0][1].impact.words == "no incident of ours yet"
    teams = cast.look(lambda session: campaigns.by_team(session, practice.id))
    assert [(title, left, total) for title, _, left, total in teams] == [("Search", 1, 1), ("Shop", 1, 2)]
