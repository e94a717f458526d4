"""Weekly reports are kept: each week of each audience once, corrected by a further revision, posted by whoever asks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.domain import lifecycle, people
from app.domain.errors import NotFound, Refused
from app.domain.events import ReportIllustrated, ReportMade
from app.domain.people import Actor
from app.domain.week import Week
from app.models.report import Report
from app.outbox.recorder import record
from app.queries import audience as audiences
from app.queries import reports, weekly
from app.queries.audience import MINE, PERSON
from app.workflow import kit, report_changes
from app.workflow.report_due import make_due
from app.workflow.report_kept import compute, keep, one_snapshot
from app.workflow.subscription import subscribe
from app.workflow.unit_of_work import UnitOfWork, Work

CHANNEL = re.compile(r"#?[^\s#:<>@]{1,80}")
WHY_MAX = 2_000
__all__ = ["correct", "keep", "make_due", "post", "subscribe"]


def correct(
    begin: UnitOfWork, read: sessionmaker[Session], about: str, week: Week, *, why: str, by: Actor, now: datetime,
    zone: str,
) -> int:  # fmt: skip
    """Compute a week anew, now that more is known of it, and keep it as a further revision. Says its id. Refused: no
    reason is given, nothing differs, or somebody else was first."""
    if about != MINE:
        people.require(by, "correct_report")
    why = kit.text(why, "why", most=WHY_MAX)
    lifecycle.require_reason(why, "Say why the report is corrected: its readers are told.")
    with one_snapshot(read) as session:
        seen = reports.find(session, by, about, week, zone=zone)
        of = replace(audiences.named(session, by, about, zone), zone=seen.figures.zone)
        was = reports.weeks(session, of, [week.name])[week.name]
        figures = compute(session, of, week, begin, weekly.Shared())
    figures = reports.load(reports.dump(figures))  # as it would be kept, to compare like with like
    changed = report_changes.between(was, figures)
    if not changed:
        raise Refused.because(
            "report.same", f"There is nothing to correct: the figures of {week.name} are today what they were."
        )
    with begin() as work:
        latest = select(func.max(Report.revision)).where(Report.audience == of.key, Report.week == week.name)
        kept = None
        if work.session.scalar(latest) == seen.revision:
            kept = keep(work, of, week, figures, now=now, by=by, why=why, changed=changed, revision=seen.revision + 1)
        if kept is None:
            raise Refused.because(
                "report.corrected", f"Somebody else has corrected {week.name} just now. Look at it before you do."
            )
        return kept.id


def post(
    work: Work, about: str, week: Week | None, channel: str, *, by: Actor, now: datetime, zone: str, key: str = ""
) -> int:
    """Post a report that is kept (the latest one, if no week is named) into a channel of Slack; says its id. The same
    `key` posts once; without one, the same person posts it there once a minute."""
    if about == MINE:
        raise Refused.because(
            "report.mine",
            "Your own report counts what only you may see. Post that of everyone, or of a team, instead.",
            "about",
        )
    people.require(by, "post_report")
    where = channel.strip()
    if not CHANNEL.fullmatch(where):
        raise Refused.because("report.channel", "Name a channel of Slack, such as #engineering.", "channel")
    found = reports.find(work.session, by, about, week, zone=zone)
    if found.id is None or found.audience.key.startswith(PERSON):
        raise NotFound("There is no such report.")
    once = key or f"{by.id}:{now:%Y-%m-%dT%H:%M}"
    for kind in (ReportMade, ReportIllustrated):
        event = kind(report_id=found.id, audience=found.audience.key, by_id=by.id, at=now)
        record(work.session, event, [f"channel:{where}"], now=now, key=once)
    return found.id
