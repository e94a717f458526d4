"""The demo's story in an empty database: `flask --app wsgi seed`."""

from __future__ import annotations

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
    tell_company,
    tell_practices,
)
from app.cli.story.calendar import Calendar
from app.cli.story.stage import Stage
from app.cli.story.tell_incidents import Telling
from app.domain.errors import Refused
from app.domain.week import due_between
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.models.counter import PRIVATE_FROM, PRIVATE_TO
from app.models.incident import Incident
from app.models.outbox import KEPT, PENDING, OutboxMessage
from app.parts import parts
from app.web.auth import hasher
from app.web.people import generated_password
from app.workflow import evaluation, report, slips
from app.workflow.unit_of_work import UnitOfWork

SETTLE = timedelta(minutes=10)
ZONE = "UTC"  # of the company, its teams and its people
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
        seed(made.begin, made.clock(), password_hash=hasher.hash(secret), progress=click.echo, render=renderer(made))
    click.echo("\nSign in as one of")
    for each in company.PEOPLE:
        click.echo(f"  {f'{each.key}@{company.DOMAIN}':<24} {each.name}, {each.role}")
    click.echo(f"Password: {secret}")


def seed(
    begin: UnitOfWork, now: datetime, *, password_hash: str, progress: Progress | None = None,
    render: Render | None = None,
) -> None:  # fmt: skip
    """Play the story up to `now`, all or nothing. Its messages are kept, shown by `render`, and never sent.

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
        _play(played, now, password_hash, say, chance)
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.state == PENDING)
            .values(state=KEPT, settled_at=OutboxMessage.created_at)
            .execution_options(synchronize_session=False)
        )
    if render is not None:
        _show(begin, render)
        say("Every message is shown as it would look.")


def _mondays(first: datetime, now: datetime) -> list[datetime]:
    """A minute after each instant between them at which reports are due."""
    weeks = due_between(first, now, ZONE, 60)
    return [each.due(ZONE) + timedelta(minutes=1) for each in weeks if each.due(ZONE) + timedelta(minutes=1) <= now]


def _require_empty(session: Any) -> None:
    for kind, words in ((Service, "services"), (Incident, "incidents"), (Practice, "practices")):
        count = session.scalar(select(func.count()).select_from(kind))
        if count:
            raise Refused.because("seed.not_empty", f"The story needs an empty database; there are {count} {words}.")


def _play(begin: UnitOfWork, now: datetime, password_hash: str, say: Progress, chance: Random) -> None:
    stage = Stage(Calendar(now, chance), chance)
    with begin() as work:
        tell_company.found(stage, work, password_hash)
    say(f"{len(stage.teams)} teams, {len(stage.actors)} people, {len(stage.services)} services.")
    tell_company.report(stage)
    tell_practices.learn(stage)
    for each in INCIDENTS:
        Telling(stage, each).tell()
    acts = stage.in_order()
    mondays = _mondays(acts[0][0], now)
    report.register(begin, begin.sessions, now=acts[0][0], zone=ZONE)
    for nth, (at, act) in enumerate(acts, 1):
        while mondays and mondays[0] <= at:  # as a worker would that has run all the time
            report.make_due(begin, begin.sessions, now=mondays.pop(0), zone=ZONE)
        with begin() as work:
            act(work, at)
        with begin() as work:
            slips.tell_due(work, now=at, settle=SETTLE)
        if nth % (len(acts) // 3) == 0:
            say(f"{at:%B %Y}: {len(stage.incidents)} incidents, {len(stage.practices)} practices.")
    while mondays:
        report.make_due(begin, begin.sessions, now=mondays.pop(0), zone=ZONE)
    for number in stage.practices.values():  # what the worker does every few minutes
        with begin() as work:
            evaluation.fall_due(work, number, now=now)


def _show(begin: UnitOfWork, render: Render) -> None:
    with begin() as work:
        messages = work.session.scalars(select(OutboxMessage).where(OutboxMessage.state == KEPT)).all()
    shown = [{"id": each.id, "rendered": render(each)} for each in messages]
    with begin() as work:
        work.session.execute(update(OutboxMessage), shown)
