"""The weekly report: made once for each audience and week, late after downtime, corrected by a further revision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

import structlog
from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from app.domain import people, report_key_figures
from app.domain.errors import Refused
from app.domain.events import ReportIllustrated, ReportMade
from app.domain.people import Actor
from app.domain.report import VERSION, Figures
from app.domain.week import LATE, Week, due_between
from app.models.report import Report, ReportAudience
from app.queries import audience as audiences
from app.queries import reports, weekly
from app.queries.audience import MINE, Audience
from app.workflow import kit
from app.workflow.unit_of_work import UnitOfWork, Work

MISSED_MAX = 53  # weeks that are made up for after downtime
log = structlog.get_logger(__name__)
_TABLE: Any = Report.__table__
_AUDIENCE: Any = ReportAudience.__table__


def make_due(begin: UnitOfWork, read: sessionmaker[Session], *, now: datetime, zone: str) -> int:
    """Make the reports that are due and not there, the oldest first; says how many. `zone` is that of the company.

    Figures are read with no lock held, for they may take seconds; only then is the report kept, if no other process was
    first. An audience whose report fails is logged and stops no other.
    """
    register(begin, read, now=now, zone=zone)
    with read() as session:
        todo = due(session, now, zone)
    made = 0
    for _week, some in groupby(todo, key=lambda each: each[1].name):
        for of, week, figures in _read(begin, read, list(some)):
            with begin() as work:
                made += keep(work, of, week, figures, now=now) is not None
    return made


def register(begin: UnitOfWork, read: sessionmaker[Session], *, now: datetime, zone: str) -> None:
    """Write down since when each audience is there. One that is gone, and comes back, begins anew."""
    with read() as session:
        there = {each.key for each in audiences.current(session, zone)}
        known = set(session.scalars(select(ReportAudience.audience)))
    if there == known:
        return
    with begin() as work:
        if gone := known - there:
            work.session.execute(delete(_AUDIENCE).where(_AUDIENCE.c.audience.in_(gone)))
        if new := sorted(there - known):
            rows = [{"audience": each, "since": now} for each in new]
            work.session.execute(_insert(work.session, _AUDIENCE).on_conflict_do_nothing(), rows)


def due(session: Session, now: datetime, zone: str) -> list[tuple[Audience, Week]]:
    """The reports that are due and not there, by week and audience. Everyone's comes first."""
    since: dict[str, datetime] = dict(session.execute(select(ReportAudience.audience, ReportAudience.since)).all())
    wanted = [
        (of, week)
        for of in audiences.current(session, zone) if of.key in since
        for week in due_between(since[of.key], now, of.zone, MISSED_MAX)
    ]  # fmt: skip
    names = {week.name for _, week in wanted}
    there = set(session.execute(select(Report.audience, Report.week).where(Report.week.in_(names))).tuples())
    left = [(of, week) for of, week in wanted if (of.key, week.name) not in there]
    return sorted(left, key=lambda each: each[1])


def keep(
    work: Work, of: Audience, week: Week, figures: Figures, *, now: datetime, revision: int = 1,
    by: Actor | None = None, why: str = "", changed: Sequence[str] = (),
) -> int | None:  # fmt: skip
    """Keep the figures for ever, and tell whom they are for. None: another process has kept this revision before."""
    by_id = by.id if by else None
    values = {
        "audience": of.key, "week": week.name, "revision": revision, "as_of": figures.as_of, "zone": of.zone,
        "made_at": now, "is_late": now - week.due(of.zone) > LATE, "by_id": by_id, "why": why,
        "changed": list(changed), "shape": VERSION, "figures": reports.dump(figures),
    }  # fmt: skip
    new = _insert(work.session, _TABLE).values(values).on_conflict_do_nothing().returning(_TABLE.c.id)
    report_id: int | None = work.session.scalar(new)
    if report_id is not None:
        for event in (ReportMade, ReportIllustrated):
            work.tell(event(report_id=report_id, audience=of.key, by_id=by_id, at=now))
    return report_id


def correct(
    begin: UnitOfWork, read: sessionmaker[Session], about: str, week: Week, *, why: str, by: Actor, now: datetime,
    zone: str,
) -> int:  # fmt: skip
    """Make the report of a week once more, by what is known now. It says why, and what has changed; the old one stays.

    The id of the new revision. Refused: nothing would change, or no reason is given; NotFound: there is no report.
    """
    if about != MINE:
        people.require(by, "correct_report")
    why = kit.text(why, "why", most=2_000)
    if not why:
        raise Refused.because("report.reason_missing", "Say why it is corrected: everybody will read it.", "why")
    with read() as session:
        _see_one_moment(session)
        old = reports.find(session, by, about, week, zone=zone)
        before = reports.weeks(session, old.audience, [week.name])[week.name]
        figures = _figures(session, old.audience, week, weekly.Shared(), begin)
    changed = report_key_figures.changes(before, figures)
    if not changed:
        raise Refused.because("report.unchanged", "Nothing would change: its figures are those of today.")
    with begin() as work:
        report_id = keep(
            work, old.audience, week, figures, now=now, revision=old.revisions + 1, by=by, why=why, changed=changed
        )
    if report_id is None:
        raise Refused.because("report.corrected", "Somebody has corrected it at this moment. Look at it first.")
    return report_id


def _read(
    begin: UnitOfWork, read: sessionmaker[Session], some: Sequence[tuple[Audience, Week]]
) -> list[tuple[Audience, Week, Figures]]:  # fmt: skip
    """The figures of one week for some audiences, of one moment."""
    found = []
    with read() as session:
        _see_one_moment(session)
        shared = weekly.Shared()
        for of, week in some:
            try:
                found.append((of, week, _figures(session, of, week, shared, begin)))
            except Exception as error:  # it stops no other audience; it is logged, and tried again later
                log.error("a weekly report could not be made", audience=of.key, week=week.name, exc_info=error)
    return found


def _figures(session: Session, of: Audience, week: Week, shared: weekly.Shared, begin: UnitOfWork) -> Figures:
    """What last week's report has said otherwise is told beside."""
    figures = weekly.compute(session, of, week, policy=begin.policy, shared=shared)
    last = reports.weeks(session, of, [week.plus(-1).name]).get(week.plus(-1).name)
    if last is None or last.adoption.now == figures.adoption.before:
        return figures
    return replace(figures, adoption=replace(figures.adoption, said_before=last.adoption.now))


def _see_one_moment(session: Session) -> None:
    """All figures of a report are of one moment, whatever is written meanwhile. SQLite's readers have that anyway."""
    bind = session.get_bind()
    if isinstance(bind, Engine) and bind.dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _insert(session: Session, table: Any) -> Any:
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table)
