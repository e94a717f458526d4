"""Quiet hours: over midnight, over the change of clocks; and what waits for the morning, and what does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from app.domain.people import RATCHET, Actor
from app.models.outbox import DELIVERED, PENDING
from app.outbox.relay import Relay
from app.slack.client import web_client
from app.slack.delivery import SlackDelivery
from app.slack.messages import BUILDERS, CARD_ONLY
from app.slack.quiet import is_quiet, may_wait
from app.workflow import lifecycle, quiet, review
from tests.cast import reviewed
from tests.slack.company import Company, drain, relay, slack_settings
from tests.slack.stand_in import StandIn

BERLIN = "Europe/Berlin"  # UTC+1 in winter, UTC+2 in summer


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-02 20:59", None),  # 21:59 in Berlin
        ("2026-03-02 21:00", "2026-03-03 06:00"),
        ("2026-03-02 23:30", "2026-03-03 06:00"),
        ("2026-03-03 05:59", "2026-03-03 06:00"),
        ("2026-03-03 06:00", None),
        ("2026-03-28 22:00", "2026-03-29 05:00"),  # clocks go forward in this night
        ("2026-03-29 05:00", None),
        ("2026-10-24 22:00", "2026-10-25 06:00"),  # and back in this one
        ("2026-10-25 05:30", "2026-10-25 06:00"),
    ],
)
def test_the_hours_of_the_night(now: str, until: str | None) -> None:
    assert is_quiet(at(now), BERLIN, "22:00", "07:00") == (at(until) if until else None)


@pytest.mark.parametrize(
    ("now", "until"),
    [("2026-03-02 10:59", None), ("2026-03-02 11:00", "2026-03-02 12:00"), ("2026-03-02 12:00", None)],
)
def test_hours_within_a_day(now: str, until: str | None) -> None:
    assert is_quiet(at(now), BERLIN, "12:00", "13:00") == (at(until) if until else None)


def test_an_end_that_clocks_show_twice_is_the_later_one_and_one_that_is_left_out_comes_after_the_change() -> None:
    assert is_quiet(at("2026-10-24 22:00"), BERLIN, "22:00", "02:30") == at("2026-10-25 01:30")
    assert is_quiet(at("2026-10-25 01:15"), BERLIN, "22:00", "02:30") == at("2026-10-25 01:30")
    assert is_quiet(at("2026-03-28 22:00"), BERLIN, "22:00", "02:30") == at("2026-03-29 01:30")


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [(BERLIN, "", ""), (BERLIN, "22:00", ""), (BERLIN, "", "07:00"), (BERLIN, "22:00", "22:00"),
     (BERLIN, "late", "07:00"), ("Mars/Base", "22:00", "07:00"), ("", "22:00", "07:00"), ("../x", "22:00", "07:00")],
)  # fmt: skip
def test_what_nobody_can_tell_is_not_quiet(zone: str, begins: str, ends: str) -> None:
    assert is_quiet(at("2026-03-02 23:00"), zone, begins, ends) is None


clocks = st.times().map(lambda each: each.strftime("%H:%M"))
zones = st.sampled_from(
    ["UTC", BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"]
)


@given(
    now=st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), zone=zones, begins=clocks,
    ends=clocks,
)  # fmt: skip
def test_quiet_hours_end_after_now_within_a_day_and_are_over_then(
    now: datetime, zone: str, begins: str, ends: str
) -> None:
    end = is_quiet(now, zone, begins, ends)
    if end is None:
        return
    assert now < end <= now + timedelta(hours=26)
    after = is_quiet(end, zone, begins, ends)
    assert after is None or after > end


def test_a_declaration_a_card_and_whatever_is_about_the_worst_never_waits() -> None:
    assert not may_wait("IncidentDeclared", "SEV4")
    assert not any(may_wait(event, "SEV4") for event in CARD_ONLY)
    assert not any(may_wait(event, "SEV1") for event in BUILDERS)
    assert may_wait("IncidentResolved", "SEV2")
    assert may_wait("ExemptionAsked", None)


# Through the relay


@pytest.fixture
def by_clock(sessions: sessionmaker[Session], slack: StandIn, clock: Any) -> Relay:
    settings = slack_settings(slack.url)
    return relay(sessions, SlackDelivery(web_client(settings), sessions, settings, clock), clock)


def hush(office: Company, person: Actor) -> None:
    assert person.id is not None
    with office.begin() as work:
        told = quiet.Told(quiet_from="08:00", quiet_until="10:00")
        quiet.set_for_person(work, person.id, told, version=1, by=person)


def declared(office: Company, severity: str) -> Any:
    of = office.declare()
    with office.begin() as work:
        work.session.merge(of).severity = severity
    return of


def of_person(office: Company, person: Actor) -> Any:
    return office.message("ActionItemAssigned", f"person:{person.id}")


def test_a_direct_message_waits_for_the_end_of_the_quiet_hours_and_then_arrives(
    office: Company, by_clock: Relay, clock: Any
) -> None:
    hush(office, office.ben)
    of = declared(office, "SEV2")
    office.give_item(of, office.ben)
    drain(by_clock)
    waiting = of_person(office, office.ben)
    assert (waiting.state, waiting.next_at) == (PENDING, clock.at + timedelta(hours=1))
    assert waiting.last_error == "Quiet hours of Ben until 10:00 (UTC)."
    assert office.message("IncidentDeclared").state == DELIVERED
    clock.tick(hours=1)
    drain(by_clock)
    assert of_person(office, office.ben).state == DELIVERED


def test_about_the_worst_nobody_waits(office: Company, by_clock: Relay) -> None:
    hush(office, office.ben)
    office.give_item(declared(office, "SEV1"), office.ben)
    drain(by_clock)
    assert of_person(office, office.ben).state == DELIVERED


def test_the_channel_of_a_team_is_quiet_in_its_own_zone_but_for_what_is_declared(
    office: Company, by_clock: Relay, clock: Any
) -> None:
    with office.begin() as work:
        told = quiet.Told(quiet_from="09:30", quiet_until="12:00", time_zone=BERLIN)
        quiet.set_for_team(work, "payments", told, version=1, by=RATCHET)
    of = declared(office, "SEV3")
    office.resolve(of)
    assert office.ben.id is not None
    with office.begin() as work:
        review.save(work, of.number, reviewed(office.ben.id, clock()), version=0, by=office.ana, now=clock())
        lifecycle.advance(work, of.number, "review", by=office.ana, now=clock())
    drain(by_clock)
    team = f"team:{office.team.id}"
    assert office.message("IncidentDeclared", team).state == DELIVERED
    waiting = [each for each in office.messages() if each.audience == team and each.state == PENDING]
    assert [each.event for each in waiting][:1] == ["ReviewPublished"]
    assert waiting[0].next_at == clock.at + timedelta(hours=2)
    clock.tick(hours=2)
    drain(by_clock)
    assert not [each for each in office.messages() if each.audience == team and each.state == PENDING]


def test_without_slack_nothing_waits_it_is_kept_at_once(
    office: Company, sessions: sessionmaker[Session], clock: Any
) -> None:
    hush(office, office.ben)
    office.give_item(declared(office, "SEV2"), office.ben)
    drain(relay(sessions, SlackDelivery(None, sessions, slack_settings(token=""), clock), clock))
    assert of_person(office, office.ben).state == "kept"
