"""Slack sends again, people click twice, and events come in another order than they were sent: each changes things
once."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Actor
from app.models.history import Move
from app.models.incident import Incident
from app.models.person import Person
from app.models.remediation import ActionItem
from app.models.review import TimelineEntry
from app.models.slack import SlackRequest
from app.workflow import incident, remediation
from tests.slack.talking import Talk, Workspace

TIMES_MAX = 4


def _prepare(talk: Talk) -> None:
    now = talk.parts.clock()
    with talk.parts.read() as session:
        ids = {each.name: each.id for each in session.scalars(select(Person))}
    ana = Actor(ids["Ana"], "Ana", "owner")
    with talk.parts.begin() as work:
        told = incident.Told(title="Checkout is down", severity="SEV2", service_ids=[1], commander_id=ids["Ana"])
        incident.declare(work, told, by=ana, now=now)
        item = remediation.Told(
            title="Probe it", owner_id=ids["Ben"], due_on=now.date(), priority="must", kind="prevent"
        )
        remediation.add(work, 1, item, by=ana, now=now)


@pytest.mark.parametrize("seed", range(5))
def test_everything_sent_one_to_four_times_in_any_order_is_done_once(
    talk: Talk, workspace: Workspace, seed: int
) -> None:
    _prepare(talk)
    chance = Random(seed)
    mention = {"type": "app_mention", "user": "U0ANA", "channel": "C1", "ts": "1.2"}
    sends: list[Callable[[], object]] = [
        lambda: talk.command("take 1", user="U0BEN", trigger_id="T-take"),
        lambda: talk.command("sev1 1", trigger_id="T-severity"),
        lambda: talk.event({**mention, "text": "<@U0BOT> timeline 1 failed over"}, event_id="Ev-1"),
        lambda: talk.event({**mention, "text": "<@U0BOT> timeline 1 came back"}, event_id="Ev-2"),
        lambda: talk.click("done", "ACT-1", user="U0BEN", at="7.1"),
        lambda: talk.click("snooze", "ACT-1 by 2031-01-06", user="U0BEN", at="7.2"),
    ]
    all_sent = [each for each in sends for _ in range(chance.randint(1, TIMES_MAX))]
    chance.shuffle(all_sent)
    for send in all_sent:
        send()
    _wait_until_done(talk, len(sends))
    with talk.parts.read() as session:
        of = session.scalars(select(Incident)).one()
        people = dict(session.execute(select(Person.name, Person.id)).all())
        assert (of.severity, of.commander_id) == ("SEV1", people["Ben"])
        assert session.scalar(select(func.count()).select_from(TimelineEntry)) == 2
        item = session.scalars(select(ActionItem)).one()
        assert item.state == "done"
        assert _times_finished(session) == 1


@pytest.mark.parametrize("clicks", [2, 4])
def test_impatient_clicks_change_something_once_and_then_say_where_it_stands(
    talk: Talk, workspace: Workspace, clicks: int
) -> None:
    _prepare(talk)
    for n in range(clicks):
        talk.click("done", "ACT-1", user="U0BEN", at=f"8.{n}")
    _wait_until_done(talk, clicks)
    said = [str(told) for method, told in workspace.said if method == "respond"]
    assert len(said) == clicks
    assert sum("Thank you!" in each for each in said) == 1
    with talk.parts.read() as session:
        assert _times_finished(session) == 1


def _times_finished(session: Session) -> int:
    return session.scalar(select(func.count()).where(Move.verb == "finish_item")) or 0


def _wait_until_done(talk: Talk, count: int) -> None:
    until = time.monotonic() + 15
    while time.monotonic() < until:
        with talk.bot.inbox.engine.connect() as connection:
            rows = connection.execute(select(SlackRequest.done_at, SlackRequest.last_error)).all()
        if len(rows) == count and all(row.done_at for row in rows):
            assert not [row.last_error for row in rows if row.last_error]
            return
        time.sleep(0.02)
    raise AssertionError(f"not all was done: {rows}")
