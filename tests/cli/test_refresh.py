"""What time does to adoption: evidence goes stale, exemptions end; the worker sees to it once an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.cli import refresh
from app.cli.refresh import Hourly
from app.models.adoption import Standing
from app.models.best_practice import Practice
from app.models.catalog import Service
from tests.web.practices import Story


@pytest.fixture
def story(begin: Any, clock: Any) -> Story:
    return Story(begin, clock)


@pytest.fixture
def hourly(begin: Any, clock: Any, sessions: sessionmaker[Session]) -> Hourly:
    return Hourly(begin, sessions, clock)


def standing(session: Session, service: str) -> str:
    rows = select(Standing.standing).join(Service, Service.id == Standing.service_id).where(Service.name == service)
    return session.scalars(rows).one()


def test_stale_evidence_becomes_unknown_without_anybody_doing_anything(
    story: Story, hourly: Hourly, clock: Any, session: Session
) -> None:
    story.check(story.practice(target_percent=30))
    assert hourly.tick() == 1
    assert standing(session, "checkout") == "adopted"
    clock.tick(days=31)
    assert hourly.tick() == 1
    session.expire_all()
    assert standing(session, "checkout") == "unknown"
    assert session.scalars(select(Practice.state)).one() == "slipped"


def test_it_happens_once_an_hour(story: Story, hourly: Hourly, clock: Any) -> None:
    story.check(story.practice())
    assert hourly.tick() == 1
    clock.tick(minutes=59)
    assert hourly.tick() == 0
    clock.tick(minutes=1)
    assert hourly.tick() == 1


def test_a_clock_that_is_set_back_does_not_stop_it(story: Story, hourly: Hourly, clock: Any) -> None:
    story.check(story.practice())
    hourly.tick()
    clock.at -= timedelta(days=300)
    assert hourly.tick() == 1


def test_a_practice_that_fails_stops_no_other(
    app: Flask, story: Story, hourly: Hourly, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = story.practice("First"), story.practice("Second")
    story.check(first)
    story.check(second)
    evaluate = refresh.refresh

    def fail_on_the_first(work: Any, number: int, **how: Any) -> None:
        if number == first.number:
            raise ZeroDivisionError
        evaluate(work, number, **how)

    monkeypatch.setattr(refresh, "refresh", fail_on_the_first)
    assert hourly.tick() == 1


def test_practices_that_no_machine_measures_are_left_alone(story: Story, hourly: Hourly) -> None:
    story.practice()
    assert hourly.tick() == 0
