"""Kill -9 of the worker before or after anything that it says to Slack: everybody hears of it once."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, update

from app.db import writing
from app.models.outbox import OutboxMessage
from tests import local_slack
from tests.local_slack import LocalSlack
from tests.slack.company import Company, delivery, drain, relay, slack_settings


def later() -> datetime:
    """When every lease has run out."""
    return datetime.now(UTC) + timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


def test_exactly_one_message_wherever_the_worker_is_killed(fresh_engine: Engine, tmp_path: Path) -> None:
    office = Company(writing(fresh_engine), now, team_channel="")
    with local_slack.running(tmp_path) as slack:
        killed = 0
        for point in count(1):
            of = office.declare(f"Killed at {point}")
            office.resolve(of)
            fresh_engine.dispose()
            ended = subprocess.run(
                [sys.executable, "-m", "tests.slack.processes", "dying", _url(fresh_engine), slack.url, str(point)],
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            if ended.returncode == 0:
                break
            assert ended.returncode == -signal.SIGKILL, ended.stderr
            killed += 1
            deliver = delivery(writing(fresh_engine), slack_settings(slack.url))
            drain(relay(writing(fresh_engine), deliver, later))
            _is_told_once(slack, of.name, point)
        assert killed >= 6, "the points were not reached: this test would prove nothing"
        assert {each.state for each in office.messages()} == {"delivered"}


def _is_told_once(slack: LocalSlack, name: str, point: int) -> None:
    cards = [each for each in slack.roots("C1") if f"|{name}>" in str(each["blocks"])]
    assert len(cards) == 1, f"{len(cards)} cards after point {point}"
    answers = slack.answers("C1", cards[0]["ts"])
    assert [each["text"] for each in answers] == [f"{name} is resolved: Killed at {point}"], f"after point {point}"
    assert "Stage 3 of 8: Review" in str(cards[0]["blocks"]), f"an old card after point {point}"


def test_sigterm_finishes_the_delivery_under_way_and_leaves_the_rest(fresh_engine: Engine) -> None:
    office = Company(writing(fresh_engine), now)
    office.resolve(office.declare())
    fresh_engine.dispose()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.slack.processes", "slow", _url(fresh_engine), "0.5"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as worker:  # fmt: skip
        assert worker.stdout
        assert "delivering" in worker.stdout.readline()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=20) == 0
    states = [each.state for each in office.messages()]
    assert states.count("delivered") == 1
    assert set(states) == {"delivered", "pending"}


def test_a_worker_that_waits_stops_at_once(fresh_engine: Engine) -> None:
    office = Company(writing(fresh_engine), now)
    office.declare()
    with writing(fresh_engine)() as session, session.begin():
        rest = update(OutboxMessage).values(state="delivered")
        session.execute(rest.where(OutboxMessage.audience != "incidents"))
        session.execute(rest.where(OutboxMessage.event != "IncidentDeclared"))
    fresh_engine.dispose()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.slack.processes", "slow", _url(fresh_engine), "0"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as worker:  # fmt: skip
        assert worker.stdout
        worker.stdout.readline()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=10) == 0


def _url(engine: Any) -> str:
    return str(engine.url.render_as_string(hide_password=False))
