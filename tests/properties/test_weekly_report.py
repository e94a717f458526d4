"""Whatever happened: each Monday's figures are what was there at that moment, and the same when they are made weeks
late."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.domain.report import Figures
from app.domain.report_sections import Count
from app.queries import reports
from tests.cast import Cast
from tests.properties.weeks import Weeks, lasting


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_each_monday_is_told_as_it_was_on_time_and_late(
    begin: Any, clock: Any, connection: Connection, session: Session, seed: int
) -> None:
    with connection.begin_nested() as history:
        run = Weeks(Cast(begin, clock), Random(seed))
        run.live(5)
        for monday in run.mondays:
            for key, figures in monday.told.items():
                _is_as_seen(figures, monday.seen[key], run)
            late = run.tell(monday.week)
            for key, figures in monday.told.items():
                assert _plain(late[key]) == _plain(figures), (monday.week.name, key)
        for before, after in zip(run.mondays, run.mondays[1:], strict=False):
            for key, figures in after.told.items():
                assert figures.adoption.before == before.told[key].adoption.now
                assert figures.adoption.series[-2].count == before.told[key].adoption.now
        session.rollback()
        history.rollback()


def _plain(told: Figures) -> dict[str, Any]:
    return reports.dump(lasting(told))


def _is_as_seen(told: Figures, seen: dict[str, Any], run: Weeks) -> None:
    assert told.adoption.now == seen["now"]
    for line in told.practices:
        assert line.now == seen["practices"][line.number]
    unnamed = {each.number for each in run.rules} - {each.number for each in told.practices}
    assert all(seen["practices"][number] == Count() for number in unnamed)
    assert {each.incident for each in told.loops.opened} == seen["opened"]
    assert {each.incident for each in told.loops.closed} == seen["closed"]
    assert told.loops.open_count == seen["open"]
    for stage in told.stages.lines:
        assert stage.waiting == seen["waiting"].get(stage.key, 0)
        assert stage.blocked == seen["blocked"].get(stage.key, 0)
        assert stage.longest_hours == pytest.approx(seen["longest"].get(stage.key), abs=0.01)
    assert {each.number for each in told.items.lines} == seen["items"]
    assert told.items.open == seen["items_open"]
    still = sum(count for (*_, is_lost), count in seen["slips"].items() if is_lost)
    assert (told.slips.lost_count, told.slips.recovered_count) == (
        seen["slips"].total(), seen["slips"].total() - still,
    )  # fmt: skip
    ids = {each.number: each.id for each in run.rules}
    assert {(each.service, ids[each.practice]) for each in told.exemptions.lines} == seen["expiring"]
    assert told.exemptions.running == seen["running"]
