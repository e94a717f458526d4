"""What time does to adoption: evidence goes stale, exemptions end, and a team hears once of what it has lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.cli import refresh
from app.cli.refresh import Clockwork
from app.domain.week import Week
from app.models.adoption import PastStanding, Standing, Tally
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.outbox import OutboxMessage
from app.models.report import Report, ReportAudience
from tests.web.practices import Story


@pytest.fixture
def story(begin: Any, clock: Any) -> Story:
    return Story(begin, clock)


@pytest.fixture
def clockwork(begin: Any, clock: Any, sessions: sessionmaker[Session]) -> Clockwork:
    return Clockwork(begin, sessions, clock, timedelta(minutes=10))


def standing(session: Session, service: str) -> str:
    session.expire_all()
    rows = select(Standing.standing).join(Service, Service.id == Standing.service_id).where(Service.name == service)
    return session.scalars(rows).one()


def test_stale_evidence_becomes_unknown_without_anybody_doing_anything(
    story: Story, clockwork: Clockwork, clock: Any, session: Session
) -> None:
    story.check(story.practice(target_percent=30))
    stale_at = clock() + timedelta(days=30)
    assert standing(session, "checkout") == "adopted"
    clock.tick(days=31)
    assert clockwork.tick() == 1
    assert standing(session, "checkout") == "unknown"
    assert session.scalars(select(Practice.state)).one() == "slipped"
    assert set(session.scalars(select(PastStanding.until))) == {stale_at}  # not the time at which it was noticed


def test_nothing_is_done_before_it_is_due_and_nothing_twice(story: Story, clockwork: Clockwork, clock: Any) -> None:
    story.check(story.practice())
    assert clockwork.tick() == 0
    clock.tick(days=30, seconds=-1)
    assert clockwork.tick() == 0
    clock.tick(seconds=1)
    assert clockwork.tick() == 1
    assert clockwork.tick() == 0


def test_a_practice_that_an_older_version_has_evaluated_is_evaluated_once(
    story: Story, clockwork: Clockwork, begin: Any, session: Session
) -> None:
    story.check(story.practice())
    with begin() as work:
        work.session.delete(work.session.scalars(select(Tally)).one())
    assert clockwork.tick() == 1
    assert clockwork.tick() == 0
    assert [(each.adopted, each.not_adopted, each.unknown) for each in session.scalars(select(Tally))] == [(1, 1, 1)]


def test_a_clock_that_is_set_back_loses_nothing(
    story: Story, clockwork: Clockwork, clock: Any, session: Session
) -> None:
    story.check(story.practice())
    clock.at -= timedelta(days=300)
    assert clockwork.tick() == 0
    story.report("checkout", {"timeout": 500})
    assert standing(session, "checkout") == "unknown"  # its evidence seems to be of the future, which proves nothing
    clock.at += timedelta(days=301)
    story.report("checkout", {"timeout": 500})
    assert standing(session, "checkout") == "not_adopted"
    assert all(each.since < each.until for each in session.scalars(select(PastStanding)))


def test_a_duty_that_fails_stops_no_other(
    app: Flask, story: Story, clockwork: Clockwork, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = story.practice("First"), story.practice("Second")
    story.check(first)
    story.check(second)
    clock.tick(days=31)
    fall_due = refresh.fall_due

    def fail_on_the_first(work: Any, *, practice_number: int, now: Any) -> None:
        if practice_number == first.number:
            raise ZeroDivisionError
        fall_due(work, practice_number, now=now)

    monkeypatch.setattr(refresh, "fall_due", fail_on_the_first)
    assert clockwork.tick() == 1


def test_practices_that_no_machine_measures_are_left_alone(story: Story, clockwork: Clockwork, clock: Any) -> None:
    story.practice()
    clock.tick(days=400)
    assert clockwork.tick() == 0


def messages(session: Session) -> list[tuple[str, int]]:
    rows = select(OutboxMessage).where(OutboxMessage.event == "ServicesSlipped").order_by(OutboxMessage.id)
    return [(each.audience, len(each.payload["slip_ids"])) for each in session.scalars(rows)]


def test_what_stays_lost_is_told_once_when_it_has_settled(
    story: Story, clockwork: Clockwork, clock: Any, session: Session
) -> None:
    story.check(story.practice(target_percent=30))
    story.report("checkout", {"timeout": 500})
    clockwork.tick()
    assert messages(session) == []
    clock.tick(minutes=10)
    clockwork.tick()
    clockwork.tick()
    assert messages(session) == [("engineering", 1)]  # the team has no channel


def test_what_comes_back_before_it_has_settled_is_told_to_nobody(
    story: Story, clockwork: Clockwork, clock: Any, session: Session
) -> None:
    story.check(story.practice(target_percent=30))
    story.report("checkout", {"timeout": 500})
    clock.tick(minutes=5)
    story.report("checkout", {"timeout": 50})
    clock.tick(minutes=30)
    clockwork.tick()
    assert messages(session) == []


def test_weekly_reports_are_made_on_monday_after_everything_else_that_was_due(
    story: Story, clockwork: Clockwork, clock: Any, session: Session
) -> None:
    story.check(story.practice(target_percent=30))
    clock.at = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
    clockwork.tick()
    stale_at = session.scalars(select(Tally.next_due_at)).one()
    assert stale_at is not None
    week = Week.at(stale_at, "UTC")
    clock.at = week.due("UTC")  # and no worker has run since
    assert clockwork.tick() == 1
    kept = session.scalars(select(Report).where(Report.audience == "all", Report.week == week.name)).one()
    assert kept.figures["adoption"]["now"]["adopted"] == 0
    assert not clockwork.has_more
    assert clockwork.tick() == 0
    assert len(session.scalars(select(Report).where(Report.week == week.name)).all()) == len(
        session.scalars(select(ReportAudience)).all()
    )


def test_many_weekly_reports_leave_room_for_other_duties(clockwork: Clockwork, story: Story, clock: Any) -> None:
    clockwork.tick()
    clock.tick(days=400)
    clockwork.tick()
    assert clockwork.has_more  # it looks again at once, and does the other duties before
    ticks = 0
    while clockwork.has_more:
        clockwork.tick()
        ticks += 1
    assert ticks >= 5
