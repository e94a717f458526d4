"""The demo's story: everything is in it, all of it true, and nobody is told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.cli import seed as told
from app.cli.story import company, facts, practices
from app.db import connect, reading, writing
from app.domain.errors import Refused
from app.domain.lifecycle import DEFAULT_POLICY, KEYS
from app.domain.week import Week
from app.migrate import upgrade
from app.models.best_practice import Practice
from app.models.history import Move
from app.models.incident import Incident
from app.models.outbox import OutboxMessage
from app.models.person import Person
from app.models.report import Report, Subscription
from app.queries import audience, criteria, weekly
from app.queries.reports import load
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from tests.cast import snapshot

NOW = datetime(2026, 11, 24, 14, 7, 33, tzinfo=UTC)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Told once for the tests that only look at it."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('story') / 'story.db'}")
    upgrade(engine)
    shown: list[str] = []
    told.seed(
        UnitOfWork(writing(engine), DEFAULT_POLICY, CHAIN, announce), NOW, password_hash="hash", progress=shown.append,
        render=lambda message: {"text": message.event},
    )  # fmt: skip
    assert shown
    yield engine
    engine.dispose()


@pytest.fixture
def read(story: Engine) -> Iterator[Session]:
    with reading(story)() as session:
        yield session


def test_every_stage_has_incidents_and_a_third_of_the_loops_are_closed(read: Session) -> None:
    rows = read.execute(select(Incident.stage, Incident.state))
    count = Counter("closed" if state in ("done", "skipped") else stage for stage, state in rows)
    assert sum(count.values()) == 60
    assert all(count[stage] >= 3 for stage in KEYS), count
    assert count["closed"] == 20
    assert read.scalar(select(func.count()).where(Incident.is_private)) == 2
    assert read.scalar(select(func.count()).where(Incident.state == "blocked")) == 4


def test_practices_are_in_every_state(read: Session) -> None:
    states = Counter(read.scalars(select(Practice.state)))
    assert states == {"adopted": 11, "automated": 7, "accepted": 3, "proposed": 2, "slipped": 1, "retired": 1}


def test_what_is_behind_an_incident_is_complete(read: Session) -> None:
    for each in read.scalars(select(Incident)):
        skipped = criteria.skipped_stages(read, each.id)
        for stage in KEYS[: KEYS.index(each.stage)]:
            assert stage in skipped or not criteria.missing(read, each, stage), f"{each.title}: {stage}"


def test_the_history_goes_forward_and_ends_before_now(read: Session) -> None:
    for subject in (Move.incident_id, Move.practice_id):
        rows = read.execute(select(subject, Move.at).where(subject.is_not(None)).order_by(subject, Move.id)).all()
        for (one, earlier), (other, later) in pairwise(rows):
            assert one != other or earlier <= later
        assert max(at for _, at in rows) <= NOW
    verbs = set(read.scalars(select(Move.verb)))
    assert {"declare", "advance", "skip", "leave_out", "block", "unblock", "reopen", "slip", "adopt", "retire"} <= verbs


def test_no_message_of_the_past_is_sent_and_each_is_shown(read: Session) -> None:
    rows = read.execute(select(OutboxMessage.state, OutboxMessage.settled_at, OutboxMessage.rendered)).all()
    assert len(rows) > 500
    assert all(state == "kept" and at and shown["text"] for state, at, shown in rows)


def test_each_report_was_made_on_its_own_monday_and_each_week_has_one(read: Session) -> None:
    rows = read.scalars(select(Report).order_by(Report.id)).all()
    assert {each.audience.partition(":")[0] for each in rows} == {"all", "team", "person"}
    assert not [each for each in rows if each.is_late or each.revision != 1]
    for key in {each.audience for each in rows}:
        made = [each for each in rows if each.audience == key]
        weeks = [Week.parse(each.week) for each in made]
        assert weeks == [weeks[0].plus(nth) for nth in range(len(weeks))], key
        assert weeks[-1] == Week(2026, 47)
        assert all(
            each.made_at - week.due(each.zone) < timedelta(minutes=5) for each, week in zip(made, weeks, strict=True)
        )
    assert len([each for each in rows if each.audience == "all"]) == 39
    assert {each.by_slack for each in read.scalars(select(Subscription))} == {True, False}


def test_what_a_report_said_is_what_history_says_still(read: Session) -> None:
    """Nothing in the story is known late: adoption as it was told on each Monday is what is computed today."""
    of = audience.everyone("UTC")
    for row in read.scalars(select(Report).where(Report.audience == "all").order_by(Report.id.desc()).limit(12)):
        told = weekly.compute(read, of, Week.parse(row.week), policy=DEFAULT_POLICY)
        assert told.adoption.now == load(row.figures).adoption.now, row.week


def test_every_role_is_there_and_everybody_may_sign_in(read: Session) -> None:
    people = read.scalars(select(Person)).all()
    assert {each.role for each in people} == {"viewer", "responder", "owner", "administrator"}
    assert {each.password_hash for each in people} == {"hash"}
    assert "ana@nordwind.example" in {each.email for each in people}


def test_checks_ask_for_documented_facts_only() -> None:
    asked = {key for each in practices.PRACTICES if each.check and each.check.kind == "facts"
             for key in re.findall(r'facts\["([^"]+)"\]', each.check.expression)}  # fmt: skip
    given = set(facts.RIGHT) | {gap.key for gap in facts.GAPS} | {key for own in facts.OWN.values() for key in own}
    assert asked | given <= set(facts.KEYS)


def test_titles_and_summaries_are_all_different() -> None:
    for field in ("title", "impact", "summary"):
        texts = [getattr(each, field) for each in told.INCIDENTS if getattr(each, field)]
        assert len(set(texts)) == len(texts)
    assert len({each.statement for each in practices.PRACTICES}) == 25
    text = " ".join(str(each) for each in told.INCIDENTS).lower()
    assert "root cause" not in text
    factors = " ".join(words for each in told.INCIDENTS for _, words in each.factors)
    assert not any(re.search(rf"\b{each.name.split()[0]}\b", factors) for each in company.PEOPLE)


def test_the_story_is_told_into_an_empty_database_only(story: Engine) -> None:
    begin = UnitOfWork(writing(story), DEFAULT_POLICY, CHAIN, announce)
    with pytest.raises(Refused, match="The story needs an empty database; there are 25 services"):
        told.seed(begin, NOW, password_hash="hash")


def test_a_telling_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'story.db'}")
    upgrade(engine)

    def fail(_work: Any, event: Any) -> None:
        raise ZeroDivisionError

    begin = UnitOfWork(writing(engine), DEFAULT_POLICY, CHAIN, announce)
    with writing(engine)() as session:
        before = snapshot(session)
    with pytest.raises(ZeroDivisionError):
        told.seed(replace(begin, announce=fail), NOW, password_hash="hash")
    with writing(engine)() as session:
        assert snapshot(session) == before
    engine.dispose()
