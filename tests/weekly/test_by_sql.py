"""The seeded company, figure by figure: what the report says is what SQL says that was written for this alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

import pytest
from sqlalchemy.orm import Session

from app.cli import seed as told
from app.db import connect, reading, writing
from app.domain.lifecycle import DEFAULT_POLICY, KEYS
from app.domain.report import Figures
from app.domain.report_sections import Count
from app.domain.week import Week
from app.queries import audience, weekly
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from tests.conftest import Opened
from tests.weekly.by_sql import Sql

NOW = datetime(2026, 11, 24, 14, 7, 33, tzinfo=UTC)
WEEKS = [Week(2026, 47).plus(-back) for back in (0, 1, 5, 9, 20)]


@pytest.fixture(scope="module")
def story(opened: Opened, database: str) -> Iterator[Session]:
    """Nine months, told once."""
    kind = opened.kind(database)
    url = kind.fresh_url()
    engine = connect(url)
    begin = UnitOfWork(writing(engine), DEFAULT_POLICY, CHAIN, announce)
    told.seed(begin, NOW, password_hash="hash", mondays_told=0)
    with reading(engine)() as session:
        yield session
    engine.dispose()
    kind.drop(url)


def test_every_figure_of_five_weeks_is_what_sql_says(story: Session) -> None:
    for week in WEEKS:
        for team in (None, "payments"):
            _is_what_sql_says(story, week, team)


def _is_what_sql_says(story: Session, week: Week, team: str | None) -> None:
    of = audience.everyone("UTC") if team is None else audience.named(story, audience.PUBLIC, f"team:{team}", "UTC")
    told = weekly.compute(story, of, week, policy=DEFAULT_POLICY)
    sql = Sql(story, week.begins(of.zone), week.ends(of.zone), week.plus(1).monday, team)
    _adoption(told, sql)
    _incidents(told, sql, week.plus(-25).begins(of.zone))
    assert {(each.service, each.practice, each.recovered_at is not None) for each in told.slips.lines} == sql.slips()
    assert told.slips.lost_count == len(told.slips.lines)
    assert told.slips.recovered_count == sum(back for *_, back in sql.slips())
    assert {each.number for each in told.items.lines} == sql.overdue()
    assert {(each.service, each.practice) for each in told.exemptions.lines} == sql.expiring()
    assert told.exemptions.expiring == len(sql.expiring())


def _adoption(told: Figures, sql: Sql) -> None:
    assert told.adoption.now == Count(**sql.adoption())
    assert told.adoption.before == Count(**sql.adoption("cells_before"))
    by_practice = {each.number: each.now for each in told.practices if each.now != Count()}
    assert by_practice == {number: Count(**counts) for number, counts in sql.by_practice().items()}
    by_team = {each.name: each.now for each in told.team_lines if each.now != Count()}
    assert by_team == {name: Count(**counts) for name, counts in sql.by_team().items()}
    assert told.adoption.needed == sum(-(-each.target_percent * each.now.applicable // 100) for each in told.practices)


def _incidents(told: Figures, sql: Sql, far_back: datetime) -> None:
    assert {each.incident for each in told.loops.opened} == sql.opened()
    assert {each.incident for each in told.loops.closed} == sql.closed()
    waiting, reached = sql.waiting(), sql.reached(far_back)
    assert told.loops.open_count == sum(map(len, waiting.values()))
    assert (told.loops.closed_ever, told.loops.declared_ever) == (reached.count(None), len(reached))
    for at, line in enumerate(told.stages.lines):
        hours = sorted(waiting.get(line.key, []))
        assert line.waiting == len(hours)
        assert line.blocked == sql.blocked().get(line.key, 0)
        assert line.reached == sum(stage is None or KEYS.index(stage) >= at for stage in reached)
        if hours:
            assert (line.median_hours, line.longest_hours) == pytest.approx((median(hours), hours[-1]), abs=0.01)
            assert sum(each <= (line.p90_hours or 0) + 0.01 for each in hours) * 10 >= 9 * len(hours)
    preventable = {each.incident for each in told.recurrences.lines if each.is_preventable}
    assert preventable == sql.analysed() & sql.wanting()
    assert told.recurrences.preventable == len(preventable)
