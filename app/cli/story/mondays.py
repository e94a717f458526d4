"""The story's Mondays: some people subscribe to a weekly report, and each report is made when it would have been."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.cli.story import company
from app.cli.story.shapes import Subscriber
from app.cli.story.stage import Stage
from app.domain.week import Week
from app.models.adoption import Tally
from app.models.best_practice import Practice
from app.models.report import ReportAudience
from app.queries.audience import TEAM
from app.workflow import evaluation, report
from app.workflow.unit_of_work import UnitOfWork, Work

TEAMS_SINCE = 119  # days before now, since when teams get reports of their own: hundreds more would only take time
AFTER = timedelta(seconds=40)  # the worker needs a moment
SUBSCRIBERS = (
    Subscriber("jonas", 125, "team:payments", by_slack=True),
    Subscriber("ana", 90, "all", by_slack=True),
    Subscriber("mina", 60, "team:insight team:platform"),
)


def subscribe(stage: Stage) -> None:
    """Those who want a report of their own, each on their day."""
    for each in SUBSCRIBERS:
        _subscribe(stage, each)


def _subscribe(stage: Stage, of: Subscriber) -> None:
    def act(work: Work, at: datetime) -> None:
        report.subscribe(
            work, about=of.about.split(), by_slack=of.by_slack, by_mail=False, version=0,
            by=stage.actor(of.key), now=at,
        )  # fmt: skip

    stage.play(stage.calendar.at(of.days_ago, "11:40"), act)


def moments(start: datetime, end: datetime, zone: str) -> list[datetime]:
    """When the worker makes reports: a moment after eight on each Monday, in the zones of whoever gets one."""
    zones = {zone, "UTC", *(each.zone for each in company.PEOPLE if each.key in {of.key for of in SUBSCRIBERS})}
    weeks = range((end - start).days // 7 + 2)
    dues = {Week.at(start, "UTC").plus(nth - 1).due(each) + AFTER for nth in weeks for each in zones}
    return sorted(at for at in dues if start <= at <= end)


def make(begin: UnitOfWork, stage: Stage, at: datetime, zone: str) -> None:
    """What the worker does: time passes over the practices, then reports are made."""
    due = (
        select(Practice.number)
        .join(Tally, Tally.practice_id == Practice.id)
        .where(Practice.state.in_(evaluation.EVALUATED), Tally.next_due_at <= at)
        .order_by(Practice.id)
    )
    with begin() as work:
        for number in work.session.scalars(due).all():
            evaluation.fall_due(work, number, now=at)
    report.make_due(begin, begin.sessions, now=at, zone=zone, memory=stage.reports)
    if at < stage.calendar.ago(TEAMS_SINCE):  # as if there were no reports of teams yet: they are new again next time
        with begin() as work:
            work.session.execute(delete(ReportAudience).where(ReportAudience.audience.startswith(TEAM)))
