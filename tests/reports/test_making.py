"""Reports are made once for each audience and week, on time or late; a correction stands beside what it corrects."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db import reading, writing
from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.week import Week
from app.models.outbox import OutboxMessage
from app.models.person import Team
from app.models.report import Report
from app.queries import outbox, reports
from app.queries.known import PUBLIC
from app.workflow import outbox as outbox_steps
from app.workflow import report, subscription
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from tests.cast import Cast

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
WEEK = Week(2026, 10)


def make(cast: Cast, zone: str = "UTC") -> int:
    return report.make_due(cast.begin, cast.begin.sessions, now=cast.now, zone=zone)


def kept(cast: Cast, audience: str = "all") -> list[Report]:
    rows = select(Report).where(Report.audience == audience).order_by(Report.week, Report.revision)
    return cast.look(lambda session: list(session.scalars(rows)))


@pytest.fixture
def told(cast: Cast) -> Cast:
    """Somebody has looked in the week before: audiences are there since then."""
    cast.report(50, "checkout")
    rule = cast.practice()
    cast.check(rule.number, freshness_days=60)
    assert make(cast) == 0
    return cast


def test_nothing_is_made_before_monday_at_eight_and_each_audience_has_its_own_then(told: Cast, clock: Any) -> None:
    clock.at = MONDAY - timedelta(seconds=1)
    assert make(told) == 0
    clock.at = MONDAY
    assert make(told) == 3  # everyone, and two teams
    assert make(told) == 0
    (of,) = kept(told)
    assert (of.week, of.revision, of.is_late) == ("2026-W10", 1, False)
    assert told.heard("ReportMade") == ["reports", "team shop", "team search"]


def test_nobody_is_told_of_weeks_from_before_they_were_there(told: Cast, clock: Any) -> None:
    clock.at = MONDAY + timedelta(weeks=3)
    with told.begin() as work:
        work.session.add(Team(name="late", title="Late", slack_channel=""))
    assert make(told) == 12
    assert [each.week for each in kept(told)] == ["2026-W10", "2026-W11", "2026-W12", "2026-W13"]


def test_after_downtime_over_two_mondays_two_late_reports_tell_what_was_so_on_each(told: Cast, clock: Any) -> None:
    clock.at = MONDAY - timedelta(hours=12)
    first = told.declare(title="First")
    clock.at = MONDAY + timedelta(days=1)
    told.report(500, "checkout")  # it is lost in the second week
    told.declare(title="Second")
    clock.at = MONDAY + timedelta(days=9)
    assert make(told) == 6
    one, two = (reports.load(each.figures) for each in kept(told))
    assert [each.is_late for each in kept(told)] == [True, True]
    assert [each.incident for each in one.loops.opened] == [first]
    assert one.adoption.now
    assert two.adoption.now
    assert (one.adoption.now.adopted, two.adoption.now.adopted) == (1, 0)
    assert two.slips.lost_count == 1
    assert one.slips.lost_count == 0
    assert two.adoption.before == one.adoption.now


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Europe/Berlin"])
def test_a_team_far_away_gets_it_at_eight_by_its_own_clocks(told: Cast, clock: Any, zone: str) -> None:
    with told.begin() as work:
        work.session.execute(update(Team).where(Team.name == "shop").values(time_zone=zone))
    due = WEEK.due(zone)
    clock.at = due - timedelta(seconds=1)
    make(told)
    team = f"team:{told.teams['shop']}"
    assert WEEK.name not in [each.week for each in kept(told, team)]
    clock.at = due
    make(told)
    of = kept(told, team)[-1]
    assert of.week == WEEK.name
    assert (of.zone, of.as_of, of.is_late) == (zone, WEEK.ends(zone), False)


def test_a_year_of_53_weeks_has_53_reports(told: Cast, clock: Any) -> None:
    clock.at = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
    make(told)
    names = [each.week for each in kept(told)]
    assert names[-3:] == ["2026-W52", "2026-W53", "2027-W01"]


def test_a_report_cannot_be_changed_or_deleted(told: Cast, clock: Any) -> None:
    clock.at = MONDAY
    make(told)
    for change in (update(Report).values(is_late=True), delete(Report)):
        with pytest.raises(DBAPIError, match="never changed"), told.begin() as work:
            work.session.execute(change)


def test_a_correction_is_a_further_revision_that_says_what_it_changes(told: Cast, clock: Any) -> None:
    clock.at = MONDAY - timedelta(hours=30)
    number = told.declare(title="Was private", is_private=True)
    clock.at = MONDAY
    make(told)

    def correct(by: str = "Ana", why: str = "It need not be private.") -> int:
        return report.correct(
            told.begin, told.begin.sessions, "all", WEEK, why=why, by=told[by], now=told.now, zone="UTC"
        )

    with pytest.raises(Refused, match="nothing to correct"):
        correct()
    with told.begin() as work:
        work.session.execute(text("update incident set is_private = :no"), {"no": False})
    with pytest.raises(NotAllowed):
        correct(by="Cleo")
    with pytest.raises(Refused, match="Say why"):
        correct(why="  ")
    correct()
    old, new = kept(told)
    assert (old.revision, new.revision, new.why) == (1, 2, "It need not be private.")
    assert new.changed[:2] == ["Loops opened: 0 → 1", "Loops open at the end of the week: 0 → 1"]
    assert reports.load(old.figures).loops.opened_count == 0
    found = told.look(lambda session: reports.find(session, told["Dev"], "all", None))
    assert [each.incident for each in found.figures.loops.opened] == [number]
    assert told.heard("ReportMade").count("reports") == 2


def test_what_has_become_private_since_is_named_to_nobody(told: Cast, clock: Any) -> None:
    clock.at = MONDAY - timedelta(hours=30)
    number = told.declare(title="Secret soon")
    clock.at = MONDAY
    make(told)
    with told.begin() as work:
        work.session.execute(text("update incident set is_private = :yes"), {"yes": True})
    for who, is_told in (("Dev", False), ("Ana", True), ("Ada", True)):
        found = told.look(lambda session, who=who: reports.find(session, told[who], "all", WEEK))
        assert ("Secret soon" in str(found.figures)) is is_told
        assert (number in found.figures.incidents) is is_told
        _, total = told.look(lambda session, who=who: reports.listing(session, told[who], "all", "secret soon", 1))
        assert total == is_told
    assert told.look(lambda session: reports.find(session, PUBLIC, "all", WEEK)).figures.loops.opened_count == 1


def test_a_persons_own_report_counts_what_they_may_see_and_is_theirs_alone(told: Cast, clock: Any) -> None:
    for who in ("Ana", "Cleo"):
        with told.begin() as work:
            subscription.subscribe(
                work, about=["team:shop"], by_slack=True, by_mail=False, version=0, by=told[who], now=told.now
            )
    make(told)
    clock.at = MONDAY - timedelta(hours=30)
    told.declare(title="Only Ana knows", is_private=True)
    clock.at = MONDAY
    make(told)
    seen = {
        who: told.look(lambda session, who=who: reports.find(session, told[who], "mine", WEEK)).figures
        for who in ("Ana", "Cleo")
    }
    assert [seen[who].loops.opened_count for who in ("Ana", "Cleo")] == [1, 0]
    of_team = told.look(lambda session: reports.find(session, told["Ana"], "team:shop", WEEK))
    assert of_team.figures.loops.opened_count == 0
    with pytest.raises(NotFound):
        told.look(lambda session: reports.find(session, told["Dev"], "mine", WEEK))
    assert Counter(told.heard("ReportMade")) == Counter(["reports", "team shop", "team search", "Ana", "Cleo"])


def test_whoever_subscribes_again_begins_anew(told: Cast, clock: Any) -> None:
    def subscribe(about: list[str], version: int) -> None:
        with told.begin() as work:
            subscription.subscribe(
                work, about=about, by_slack=False, by_mail=False, version=version, by=told["Ana"], now=told.now
            )
        make(told)

    subscribe(["all"], 0)
    subscribe([], 1)
    clock.at = MONDAY + timedelta(weeks=2)
    subscribe(["all"], 2)
    assert kept(told, f"person:{told.id('Ana')}") == []
    clock.at = MONDAY + timedelta(weeks=3)
    make(told)
    assert [each.week for each in kept(told, f"person:{told.id('Ana')}")] == ["2026-W13"]


@pytest.mark.parametrize("about", [["team:nobody"], ["shop", "x"]])
def test_a_subscription_to_what_there_is_not_is_refused(told: Cast, about: list[str]) -> None:
    with pytest.raises(Refused, match="There is no team"), told.begin() as work:
        subscription.subscribe(
            work, about=about, by_slack=False, by_mail=False, version=0, by=told["Ana"], now=told.now
        )


def test_processes_at_once_make_one_report_and_one_message(fresh_engine: Engine, clock: Any) -> None:
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, CHAIN, announce)
    cast, read = Cast(begin, clock), reading(fresh_engine)
    report.make_due(begin, read, now=cast.now, zone="UTC")
    clock.at = MONDAY
    together = threading.Barrier(3)

    def race() -> None:
        together.wait()
        report.make_due(begin, read, now=MONDAY, zone="UTC")

    racing = [threading.Thread(target=race) for _ in range(3)]
    for each in racing:
        each.start()
    for each in racing:
        each.join()
    with Session(fresh_engine) as session:
        assert Counter(session.scalars(select(Report.audience))).most_common(1)[0][1] == 1
        made = session.scalars(select(OutboxMessage.audience).where(OutboxMessage.event == "ReportMade")).all()
    assert len(made) == len(set(made)) == 3


def test_a_week_is_read_from_what_people_write() -> None:
    assert Week.parse("2026-w9") == Week.parse("2026W09") == Week(2026, 9)
    for wrong in ("2025-W53", "2026-W00", "W47", "2026-47", "next", "", "99999-W1"):
        with pytest.raises(Refused, match="Name a week"):
            Week.parse(wrong)


def test_a_message_of_somebodys_own_report_is_seen_and_sent_again_by_nobody_else(told: Cast, clock: Any) -> None:
    with told.begin() as work:
        subscription.subscribe(
            work, about=["all"], by_slack=True, by_mail=True, version=0, by=told["Ana"], now=told.now
        )  # fmt: skip
    make(told)
    clock.at = MONDAY
    make(told)
    rows = select(OutboxMessage).where(OutboxMessage.event == "ReportMade")
    theirs = [each for each in told.look(lambda session: list(session.scalars(rows)))
              if each.audience in (f"person:{told.id('Ana')}", f"mail:{told.id('Ana')}")]  # fmt: skip
    assert len(theirs) == 2
    seen = {who: {each.id for each in told.look(lambda session, who=who: outbox.page(session, told[who])[0])}
            for who in ("Ana", "Ben", "Ada")}  # fmt: skip
    ids = {each.id for each in theirs}
    assert ids <= seen["Ana"]
    assert ids <= seen["Ada"]
    assert not ids & seen["Ben"]
    for each in theirs:
        with pytest.raises(NotFound):
            told.do(outbox_steps.retry, each.id, by="Ben")
