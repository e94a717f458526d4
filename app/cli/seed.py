"""The demo's story in an empty database: `flask --app wsgi seed`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import click
from sqlalchemy import func, select, update
from sqlalchemy.orm import sessionmaker

from app.cli.preview import renderer
from app.cli.problems import in_words
from app.cli.story import (
    company,
    incidents_early,
    incidents_middle,
    incidents_now,
    incidents_recent,
    mondays,
    tell_company,
    tell_practices,
)
from app.cli.story.calendar import Calendar
from app.cli.story.stage import Stage
from app.cli.story.tell_incidents import Telling
from app.domain.errors import Refused
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.counter import PRIVATE_FROM, PRIVATE_TO
from app.models.incident import Incident
from app.models.outbox import KEPT, PENDING, OutboxMessage
from app.parts import parts
from app.web.auth import hasher
from app.web.people import generated_password
from app.workflow import evaluation, slips
from app.workflow.unit_of_work import UnitOfWork

SETTLE = timedelta(minutes=10)
INCIDENTS = (
    *incidents_early.INCIDENTS, *incidents_middle.INCIDENTS, *incidents_recent.INCIDENTS, *incidents_now.INCIDENTS,
)  # fmt: skip
Progress = Callable[[str], object]
Render = Callable[[OutboxMessage], Any]


@click.command("seed")
@click.option("--password", help="The password of every account. Left out: one is made and printed.")
def command(password: str | None) -> None:
    """Tell the demo's story, into a database without services and incidents: sixty incidents through all stages."""
    made = parts()
    secret = password or generated_password()
    with in_words():
        seed(
            made.begin, made.clock(), password_hash=hasher.hash(secret), progress=click.echo, render=renderer(made),
            zone=made.settings.time_zone,
        )  # fmt: skip
    click.echo("\nSign in as one of")
    for each in company.PEOPLE:
        click.echo(f"  {f'{each.key}@{company.DOMAIN}':<24} {each.name}, {each.role}")
    click.echo(f"Password: {secret}")


def seed(
    begin: UnitOfWork, now: datetime, *, password_hash: str, progress: Progress | None = None,
    render: Render | None = None, zone: str = "UTC", mondays_told: int | None = None,
) -> None:  # fmt: skip
    """Play the story up to `now`, all or nothing. Its messages are kept, shown by `render`, and never sent. `zone` is
    that of the company: its weekly reports are made on Monday there; with `mondays_told` on the last so many alone.

    Refused: there are services, incidents or practices already. The same `now` gives the same story, to the second.
    """
    say = progress or (lambda _words: None)
    with begin.sessions() as session, session.begin():
        _require_empty(session)
        # Steps commit into savepoints of this one transaction: nobody sees half a story, no worker sends its messages.
        inner = sessionmaker(
            session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False, autoflush=False
        )
        chance = Random(42)  # noqa: S311 - the story is the same each time
        played = replace(begin, sessions=inner, private_number=lambda: chance.randint(PRIVATE_FROM, PRIVATE_TO))
        stage = Stage(Calendar(now, chance), chance)
        with played() as work:
            tell_company.found(stage, work, password_hash)
        _play(played, stage, say, zone, mondays_told)
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.state == PENDING)
            .values(state=KEPT, settled_at=OutboxMessage.created_at)
            .execution_options(synchronize_session=False)
        )
    if render is not None:
        _show(begin, render)
        say("Every message is shown as it would look.")


def _require_empty(session: Any) -> None:
    for kind, words in ((Service, "services"), (Incident, "incidents"), (Practice, "practices")):
        count = session.scalar(select(func.count()).select_from(kind))
        if count:
            raise Refused.because("seed.not_empty", f"The story needs an empty database; there are {count} {words}.")


def _play(begin: UnitOfWork, stage: Stage, say: Progress, zone: str, mondays_told: int | None) -> None:
    say(f"{len(stage.teams)} teams, {len(stage.actors)} people, {len(stage.services)} services.")
    tell_company.report(stage)
    tell_practices.learn(stage)
    for each in INCIDENTS:
        Telling(stage, each).tell()
    mondays.subscribe(stage)
    acts, now = stage.in_order(), stage.calendar.now
    start = stage.calendar.at(tell_company.FOUNDED, "10:00")
    moments = [start, *mondays.moments(start, now, zone)]  # from the start on there are reports
    due = deque(moments if mondays_told is None else moments[len(moments) - mondays_told :])
    for nth, (at, act) in enumerate(acts, 1):
        while due and due[0] <= at:
            mondays.make(begin, stage, due.popleft(), zone)
        with begin() as work:
            act(work, at)
        with begin() as work:
            slips.tell_due(work, now=at, settle=SETTLE)
        if nth % (len(acts) // 3) == 0:
            say(f"{at:%B %Y}: {len(stage.incidents)} incidents, {len(stage.practices)} practices.")
    while due:
        mondays.make(begin, stage, due.popleft(), zone)
    for number in stage.practices.values():  # what the worker does every few minutes
        with begin() as work:
            evaluation.fall_due(work, number, now=now)


def _show(begin: UnitOfWork, render: Render) -> None:
    with begin() as work:
        messages = work.session.scalars(select(OutboxMessage).where(OutboxMessage.state == KEPT)).all()
    shown = [{"id": each.id, "rendered": render(each)} for each in messages]
    with begin() as work:
        work.session.execute(update(OutboxMessage), shown)
