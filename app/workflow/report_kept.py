"""A weekly report as it is kept: computed from one moment of the database, and written once although many try."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from app.domain.events import ReportIllustrated, ReportMade
from app.domain.people import Actor
from app.domain.report import VERSION, Figures
from app.domain.week import LATE, Week
from app.models.report import Report
from app.queries import reports, weekly
from app.queries.audience import PERSON, Audience
from app.workflow.unit_of_work import UnitOfWork, Work


def keep(
    work: Work, audience: Audience, week: Week, figures: Figures, *, now: datetime, by: Actor | None = None,
    why: str = "", changed: Sequence[str] = (), revision: int = 1,
) -> Report | None:  # fmt: skip
    """Keep the figures of a week, and tell whom they are for. None: another process was first, and has told them."""
    insert = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Report).values(
        audience=audience.key, week=week.name, revision=revision, as_of=figures.as_of, zone=figures.zone, made_at=now,
        is_late=revision == 1 and now - week.due(figures.zone) > LATE, by_id=by.id if by else None, why=why,
        changed=list(changed), shape=VERSION, figures=reports.dump(figures),
    )  # fmt: skip
    once = row.on_conflict_do_nothing(index_elements=["audience", "week", "revision"]).returning(Report)
    kept = work.session.scalars(once).one_or_none()
    if kept is not None:
        by_id = by.id if by else None
        work.tell(ReportMade(report_id=kept.id, audience=audience.key, by_id=by_id, at=now))
        work.tell(ReportIllustrated(report_id=kept.id, audience=audience.key, by_id=by_id, at=now))
    return kept


def compute(session: Session, audience: Audience, week: Week, begin: UnitOfWork, shared: weekly.Shared) -> Figures:
    """The figures as they are kept: beside what last week's report said, if history tells it differently by now."""
    figures = weekly.compute(session, audience, week, policy=begin.policy, shared=shared)
    last = reports.weeks(session, audience, [week.plus(-1).name]).get(week.plus(-1).name)
    if last is None or last.as_of != figures.since or last.adoption.now == figures.adoption.before:
        return figures
    if audience.key.startswith(PERSON) and last.teams != figures.teams:
        return figures  # it was about other services then
    return replace(figures, adoption=replace(figures.adoption, said_before=last.adoption.now))


@contextmanager
def one_snapshot(read: sessionmaker[Session]) -> Iterator[Session]:
    """A session in which nothing changes while it is read: all figures of a report are of one moment."""
    with read() as session:
        bind = session.get_bind()
        if isinstance(bind, Engine) and bind.dialect.name == "postgresql":  # readers of SQLite have it anyway
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
