"""Weekly reports fall due: once, on Monday at eight where their readers are, whatever has happened to the worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, exc, select, text, update

from app.db import connect, reading, writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.report_sections import Count
from app.domain.week import Week
from app.models.person import Person, Team
from app.queries import weekly
from app.queries.reports import load
from app.workflow import catalog, people
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.report_due import Memory
from app.workflow.report_kept import one_snapshot
from app.workflow.unit_of_work import UnitOfWork
from tests.cast import Cast
from tests.properties.weeks import lasting
from tests.workflow.mondays import FIRST, W10, Mondays, due


@pytest.fixture
def mondays(cast: Cast) -> Mondays:
    """Known since Wednesday: what becomes due before is none of theirs."""
    made = Mondays(cast)
    made.look(FIRST)
    return made


def at_local(zone: str, month: int, day: int, hour: int) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_a_report_is_made_on_monday_at_eight_and_not_before(mondays: Mondays) -> None:
    mondays.look(mondays.monday(seconds=-1))
    assert mondays.weeks() == []
    mondays.look(mondays.monday())
    assert mondays.weeks() == due(10)
    kept = mondays.rows()[0]
    assert (kept.revision, kept.is_late, kept.made_at, kept.as_of) == (1, False, mondays.monday(), W10.ends("UTC"))
    assert mondays.figures().week == "2026-W10"


def test_whoever_looks_again_makes_it_no_second_time(mondays: Mondays) -> None:
    mondays.look(mondays.monday())
    told = mondays.told()
    for seconds in (0, 10, 20, 3_600, 86_400):
        mondays.look(mondays.monday(seconds=seconds))
        mondays.look(mondays.monday(seconds=seconds), memory=Memory())  # another process
    assert mondays.weeks() == due(10)
    assert mondays.told() == told


def test_everyone_each_team_with_a_service_and_each_subscriber_get_one(mondays: Mondays, cast: Cast) -> None:
    with cast.begin() as work:
        catalog.add_team(work, catalog.TeamTold(name="idle", title="Idle"), by=cast["Ada"])
    mondays.subscribe("Cleo", "all")
    mondays.look(mondays.monday())
    keys = {"all", *(f"team:{cast.teams[each]}" for each in ("shop", "search")), f"person:{cast.id('Cleo')}"}
    assert set(mondays.since()) == keys
    assert all(mondays.weeks(key) == due(10) for key in keys)


def test_who_is_there_for_the_first_time_gets_no_weeks_from_before(mondays: Mondays, cast: Cast) -> None:
    mondays.look(mondays.monday(hours=1))
    mondays.subscribe("Cleo", "all")
    mondays.look(mondays.monday(hours=2))
    mine = f"person:{cast.id('Cleo')}"
    assert mondays.weeks(mine) == []
    mondays.look(mondays.monday(Week(2026, 11)))
    assert mondays.weeks(mine) == due(11)
    assert mondays.weeks() == due(10, 11)


def test_who_subscribes_just_before_eight_gets_the_report_of_that_monday(mondays: Mondays, cast: Cast) -> None:
    mondays.look(mondays.monday(seconds=-30))
    cast.clock.at = mondays.monday(seconds=-1)
    mondays.subscribe("Cleo", "all")
    mondays.look(mondays.monday(seconds=5))
    assert mondays.weeks(f"person:{cast.id('Cleo')}") == due(10)


@pytest.mark.parametrize("is_seen_gone", [True, False])
def test_who_comes_back_does_not_get_the_weeks_between(mondays: Mondays, cast: Cast, is_seen_gone: bool) -> None:
    mine = f"person:{cast.id('Cleo')}"
    mondays.subscribe("Cleo", "all")
    mondays.look(mondays.monday())
    mondays.subscribe("Cleo", version=1)
    if is_seen_gone:
        mondays.look(mondays.monday(Week(2026, 11)))
    cast.clock.at = mondays.monday(Week(2026, 12), days=1)
    mondays.subscribe("Cleo", "all", version=2)
    mondays.look(mondays.monday(Week(2026, 12), days=1, minutes=2))
    mondays.look(mondays.monday(Week(2026, 13)))
    assert mondays.weeks(mine) == due(10, 13)
    assert mondays.weeks() == due(10, 11, 12, 13)


def test_a_person_who_is_deactivated_gets_no_more_until_active_again(mondays: Mondays, cast: Cast) -> None:
    mine = f"person:{cast.id('Cleo')}"
    mondays.subscribe("Cleo", "all")
    mondays.look(mondays.monday())

    def set_active(is_active: bool) -> None:
        with cast.begin() as work:
            work.session.execute(update(Person).where(Person.id == cast.id("Cleo")).values(is_active=is_active))

    set_active(False)
    mondays.look(mondays.monday(Week(2026, 11)))
    assert mine not in mondays.since()
    set_active(True)
    mondays.look(mondays.monday(Week(2026, 11), hours=1))
    mondays.look(mondays.monday(Week(2026, 12)))
    assert mondays.weeks(mine) == due(10, 12)


def test_a_team_that_owns_nothing_for_a_while_does_not_get_the_weeks_between(mondays: Mondays, cast: Cast) -> None:
    search = f"team:{cast.teams['search']}"
    mondays.look(mondays.monday())
    for week, version, owner in ((11, 1, "shop"), (12, 2, "search")):
        told = catalog.ServiceTold(name="search", team_id=cast.teams[owner], tier=2)
        with cast.begin() as work:
            catalog.edit_service(work, "search", told, version=version, by=cast["Ada"], now=cast.now)
        mondays.look(mondays.monday(Week(2026, week), minutes=1))
    mondays.look(mondays.monday(Week(2026, 13)))
    assert mondays.weeks(search) == due(10, 13)
    assert mondays.weeks() == due(10, 11, 12, 13)


def test_two_mondays_without_a_worker_are_made_late_and_marked(mondays: Mondays, cast: Cast) -> None:
    practice = cast.practice()
    cast.check(practice.number)
    cast.report(50, "checkout")
    cast.clock.at = mondays.monday(Week(2026, 11), hours=-20)  # on Sunday
    cast.report(50, "cart", "search")
    mondays.look(mondays.monday(Week(2026, 11), hours=6))
    rows = mondays.rows()
    assert [(each.week, each.is_late) for each in rows] == [("2026-W10", True), ("2026-W11", True)]
    counts = [each.figures["adoption"]["now"] for each in rows]
    assert [(each["adopted"], each["unknown"]) for each in counts] == [(1, 2), (3, 0)]
    to_all = [each.payload["report_id"] for each in mondays.messages()
              if (each.event, each.audience) == ("ReportMade", "reports")]  # fmt: skip
    assert to_all == [each.id for each in rows]  # the older one is told first


def test_within_an_hour_of_eight_it_is_not_late(mondays: Mondays) -> None:
    mondays.look(mondays.monday(minutes=60))
    mondays.look(mondays.monday(Week(2026, 11), minutes=61))
    assert [each.is_late for each in mondays.rows()] == [False, True]


def test_at_most_a_year_is_made_after_a_long_time(mondays: Mondays) -> None:
    mondays.look(mondays.monday(Week(2028, 20), days=1))
    names = mondays.weeks()
    assert (len(names), names[0], names[-1]) == (53, "2027-W20", "2028-W20")


def test_only_so_many_are_made_at_once_and_the_oldest_first(mondays: Mondays) -> None:
    at = mondays.monday(Week(2026, 12))
    assert mondays.look(at, most=4) == 4
    assert mondays.weeks() == due(10, 11)
    assert [mondays.look(at, most=4) for _ in range(3)] == [4, 1, 0]
    assert mondays.weeks() == due(10, 11, 12)


def test_a_year_with_53_weeks_has_a_report_of_each(cast: Cast) -> None:
    mondays = Mondays(cast)
    mondays.look(datetime(2026, 12, 22, 9, 0, tzinfo=UTC))
    for day in (datetime(2026, 12, 28, 8, tzinfo=UTC), datetime(2027, 1, 4, 8, tzinfo=UTC),
                datetime(2027, 1, 11, 8, tzinfo=UTC)):  # fmt: skip
        mondays.look(day)
    assert mondays.weeks() == ["2026-W52", "2026-W53", "2027-W01"]


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"]
)
def test_it_is_made_when_it_is_eight_in_the_zone_of_its_readers(cast: Cast, zone: str) -> None:
    """Through a spring in which many clocks are changed: on 8 March in America, on 29 March in Europe."""
    with cast.begin() as work:
        work.session.execute(update(Team).where(Team.name == "shop").values(time_zone=zone))
    mondays = Mondays(cast)
    mondays.look(FIRST)
    shop = f"team:{cast.teams['shop']}"
    for nth, (month, day) in enumerate([(3, 9), (3, 16), (3, 23), (3, 30), (4, 6)], 1):
        eight = at_local(zone, month, day, 8)
        mondays.look(eight - timedelta(seconds=1))
        assert len(mondays.weeks(shop)) == nth - 1
        mondays.look(eight)
        kept = mondays.rows(shop)[-1]
        assert (len(mondays.weeks(shop)), kept.week) == (nth, Week(2026, 9 + nth).name)
        assert kept.as_of == at_local(zone, month, day, 0)
        assert not kept.is_late


def test_a_zone_that_changes_after_the_report_was_made_makes_no_second_one(mondays: Mondays, cast: Cast) -> None:
    shop = f"team:{cast.teams['shop']}"
    mondays.look(mondays.monday())
    for zone in ("America/Los_Angeles", "Pacific/Kiritimati"):
        with cast.begin() as work:
            work.session.execute(update(Team).where(Team.name == "shop").values(time_zone=zone))
        for hours in (1, 9, 20):
            mondays.look(mondays.monday(hours=hours), memory=Memory())
    assert mondays.weeks(shop) == due(10)


def test_a_clock_that_is_set_back_makes_nothing_twice(mondays: Mondays) -> None:
    mondays.look(mondays.monday(minutes=1))
    told = mondays.told()
    for memory in (mondays.memory, Memory()):
        for at in (mondays.monday(minutes=-10), mondays.monday(days=-9), mondays.monday(minutes=2)):
            mondays.look(at, memory=memory)
    assert mondays.weeks() == due(10)
    assert mondays.told() == told
    mondays.look(mondays.monday(Week(2026, 11)))
    assert mondays.weeks() == due(10, 11)


def test_who_was_first_seen_by_a_clock_that_was_years_ahead_is_not_forgotten(cast: Cast) -> None:
    mondays = Mondays(cast)
    mondays.look(datetime(2031, 1, 1, tzinfo=UTC))
    mondays.look(FIRST)
    mondays.look(mondays.monday())
    assert mondays.weeks() == due(10)


def test_what_fails_is_logged_stops_no_other_and_is_tried_again_after_a_while(
    mondays: Mondays, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shop, search = (f"team:{cast.teams[each]}" for each in ("shop", "search"))
    tried: list[str] = []
    compute = weekly.compute

    def broken(session: Any, audience: Any, *what: Any, **how: Any) -> Any:
        tried.append(audience.key)
        if audience.key == shop:
            raise ZeroDivisionError
        return compute(session, audience, *what, **how)

    with monkeypatch.context() as mended:
        mended.setattr(weekly, "compute", broken)
        for seconds in range(0, 60, 10):
            mondays.look(mondays.monday(seconds=seconds))
        assert tried.count(shop) == 1
        mondays.look(mondays.monday(minutes=3))
        mondays.look(mondays.monday(minutes=3, seconds=10))
        assert tried.count(shop) == 2
    assert (mondays.weeks(), mondays.weeks(search), mondays.weeks(shop)) == (due(10), due(10), [])
    mondays.look(mondays.monday(Week(2026, 11)))
    assert mondays.weeks(shop) == due(10, 11)
    assert mondays.weeks() == due(10, 11)


def test_it_says_what_last_week_said_where_that_is_told_otherwise_by_now(mondays: Mondays, cast: Cast) -> None:
    practice = cast.practice()
    cast.check(practice.number)
    cast.report(50)
    search = f"team:{cast.teams['search']}"
    mondays.look(mondays.monday())
    mondays.look(mondays.monday(Week(2026, 11)))
    assert mondays.figures(search).adoption.said_before is None
    with cast.begin() as work:  # the cart is theirs now, and history does not know whose it was
        told = catalog.ServiceTold(name="cart", team_id=cast.teams["search"], tier=1, kind="stateful")
        catalog.edit_service(work, "cart", told, version=1, by=cast["Ada"], now=cast.now)
    mondays.look(mondays.monday(Week(2026, 12)))
    told_now = mondays.figures(search).adoption
    assert (told_now.said_before, told_now.before) == (Count(1), Count(2))
    assert mondays.figures().adoption.said_before is None


# On databases of their own: what needs several connections


def company(engine: Engine, clock: Any) -> Mondays:
    clock.at = FIRST
    begin = UnitOfWork(writing(engine), DEFAULT_POLICY, CHAIN, announce)
    return Mondays(Cast(begin, clock), read=reading(engine))


def live(cast: Cast) -> None:
    """Two weeks in which something happens on each day."""
    practice = cast.practice()
    cast.check(practice.number, freshness_days=9)
    number = cast.incident_at("remediation")
    for day in range(12):
        cast.clock.tick(days=1)
        cast.report(50 if day % 3 else 500, ("checkout", "cart", "search")[day % 3])
        if day == 6:
            cast.declare(title="Search is slow", service_ids=[cast.services["search"]])
    assert cast.stands(number)[0] == "remediation"


def test_late_reports_tell_what_those_made_on_time_have_told(
    fresh_engine: Engine, database: str, opened: Any, clock: Any
) -> None:
    late = company(fresh_engine, clock)
    late.look(FIRST)
    live(late.cast)
    url = opened.kind(database).fresh_url()
    twin = connect(url)
    try:
        on_time = company(twin, clock)
        on_time.look(FIRST)
        _live_with_mondays(on_time)
        late.look(late.monday(Week(2026, 11), days=4))
        for key in late.since():
            mine, theirs = late.rows(key), on_time.rows(key)
            assert [each.week for each in mine] == [each.week for each in theirs] == due(10, 11)
            assert [each.is_late for each in mine] == [True, True]
            assert [each.is_late for each in theirs] == [False, False]
            for one, other in zip(mine, theirs, strict=True):
                assert lasting(load(one.figures)) == lasting(load(other.figures))
    finally:
        twin.dispose()
        opened.kind(database).drop(url)


def _live_with_mondays(mondays: Mondays) -> None:
    """The same days; the worker looks whenever the clock has passed a Monday."""
    cast, tick = mondays.cast, mondays.cast.clock.tick

    def tick_and_look(**step: float) -> datetime:
        end = mondays.cast.now + timedelta(**step)
        for week in (W10, Week(2026, 11)):
            if mondays.cast.now < mondays.monday(week) <= end:
                mondays.look(mondays.monday(week, seconds=5))
        cast.clock.at = end
        return end

    cast.clock.tick = tick_and_look
    try:
        live(cast)
        tick_and_look(days=7)
    finally:
        cast.clock.tick = tick


def test_a_reader_sees_one_moment_while_others_write(fresh_engine: Engine, clock: Any) -> None:
    mondays = company(fresh_engine, clock)
    with one_snapshot(reading(fresh_engine)) as session:
        before = session.scalars(select(Person.name)).all()
        with mondays.cast.begin() as work:
            people.add(work, email="x@c.example", name="Xa", role="viewer", by=mondays.cast["Ada"], now=clock())
        assert session.scalars(select(Person.name)).all() == before


def test_nothing_is_asked_while_nothing_can_be_due(fresh_engine: Engine, clock: Any) -> None:
    mondays = company(fresh_engine, clock)
    mondays.look(FIRST)
    asked: list[str] = []
    event.listen(fresh_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for seconds in range(10, 60, 10):
        mondays.look(FIRST + timedelta(seconds=seconds))
    assert asked == []
    mondays.look(FIRST + timedelta(seconds=60))
    assert 1 <= len([each for each in asked if each.lower().startswith("select")]) <= 5


@pytest.mark.parametrize("statement", ["update report set why = 'x'", "delete from report"])
def test_a_report_that_is_kept_is_never_changed(mondays: Mondays, cast: Cast, statement: str) -> None:
    mondays.look(mondays.monday())
    before = mondays.rows()[0].figures
    with pytest.raises(exc.DBAPIError, match="never changed"), cast.begin() as work:
        work.session.execute(text(statement))
    assert mondays.rows()[0].figures == before
