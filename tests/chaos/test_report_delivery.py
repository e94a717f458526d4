"""Kill -9 while a weekly report is on its way, and several workers that want to carry it: each channel and each person
reads it once, with its chart."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from app.db import writing
from app.models.report import Subscription
from tests import local_slack
from tests.faces.sample import WEEK
from tests.local_slack import LocalSlack
from tests.slack import reporting
from tests.slack.company import Company, drain, relay, slack_settings


def now() -> datetime:
    return datetime.now(UTC)


def later() -> datetime:
    """When every lease has run out."""
    return now() + timedelta(hours=1)


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[LocalSlack]:
    with local_slack.running(tmp_path) as running:
        yield running


@pytest.fixture
def office(fresh_engine: Engine) -> Company:
    """Ana has subscribed to a report of her own."""
    made = Company(writing(fresh_engine), now)
    with made.sessions() as session, session.begin():
        session.add(Subscription(person_id=made.ana.id, about=["all"], by_slack=True))
    return made


def test_exactly_one_report_with_its_chart_wherever_the_worker_is_killed(
    fresh_engine: Engine, office: Company, slack: LocalSlack
) -> None:
    killed = 0
    for point in count(1):
        week = WEEK.plus(point)
        reporting.announce(office.sessions, now(), week=week.name)
        fresh_engine.dispose()
        ended = subprocess.run(_command("dying", fresh_engine, slack, str(point)), capture_output=True, text=True,
                               timeout=60, check=False)  # fmt: skip
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        killed += 1
        _catch_up(office, slack)
        _is_read_once(slack, "C2", f"Week {week.number}, ", f"after point {point}")
    assert killed >= 8, "the points were not reached: this test would prove nothing"
    assert {each.state for each in office.messages()} == {"delivered"}


def test_three_workers_of_which_one_is_killed_carry_each_report_once(
    fresh_engine: Engine, office: Company, slack: LocalSlack
) -> None:
    chance = random.Random(47)
    direct = slack.client().conversations_open(users="U0ANA")["channel"]["id"]
    own, team = f"person:{office.ana.id}", f"team:{office.team.id}"
    for turn in range(3):
        week = WEEK.plus(turn)
        fresh_engine.dispose()
        with _three(fresh_engine, slack) as workers:
            reporting.announce(office.sessions, now(), week=week.name)
            reporting.announce(
                office.sessions, now(), team, "channel:C1", audience=team, title="Payments", week=week.name
            )
            reporting.announce(office.sessions, now(), own, audience=own, week=week.name)
            time.sleep(chance.uniform(0, 0.4))
            chance.choice(workers).kill()
            assert sum(each.wait(timeout=60) == -signal.SIGKILL for each in workers) <= 1
        _catch_up(office, slack)
        for channel in ("C2", "C3", "C1", direct):
            _is_read_once(slack, channel, f"Week {week.number}, ", f"in {channel}, turn {turn}")
    assert {each.state for each in office.messages()} == {"delivered"}


@contextmanager
def _three(engine: Engine, slack: LocalSlack) -> Iterator[list[subprocess.Popen[str]]]:
    """Three workers that look for work at this moment."""
    with ExitStack() as stack:
        workers = [
            stack.enter_context(subprocess.Popen(_command("racing", engine, slack), stdout=subprocess.PIPE, text=True))
            for _ in range(3)
        ]
        for each in workers:
            assert each.stdout
            assert each.stdout.readline() == "ready\n"
        yield workers


def _command(what: str, engine: Engine, slack: LocalSlack, *more: str) -> list[str]:
    url = engine.url.render_as_string(hide_password=False)
    return [sys.executable, "-m", "tests.slack.report_processes", what, url, slack.url, *more]


def _catch_up(office: Company, slack: LocalSlack) -> None:
    """A worker an hour later."""
    drain(relay(office.sessions, reporting.delivery(office.sessions, slack_settings(slack.url)), later))


def _is_read_once(slack: LocalSlack, channel: str, words: str, when: str) -> None:
    found = [each for each in slack.roots(channel) if words in str(each["blocks"])]
    assert len(found) == 1, f"{len(found)} reports {when}"
    assert len(_pictures(found[0])) == 1, f"no chart {when}"


def _pictures(message: dict[str, Any]) -> list[str]:
    return [each["slack_file"]["id"] for each in message["blocks"] if each["type"] == "image"]
