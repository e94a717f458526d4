"""Fifty people at once, a slow database, and a process that dies after it has said that it has their commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from itertools import count
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, func, select, update

from app.models.slack import SlackRequest
from tests.local_slack import free_port
from tests.slack.talking import TEAM, Talk, Workspace, signed

AT_ONCE, SLACK_WAITS_SECONDS, STATEMENT_SECONDS = 50, 3.0, 0.2
_NUMBERS = count(1)


@pytest.fixture
def slack() -> Iterator[Workspace]:
    stand_in = Workspace()
    yield stand_in
    stand_in.close()


@contextmanager
def serving(engine: Engine, slack: Workspace, port: int) -> Iterator[subprocess.Popen[bytes]]:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.chaos.slow_door", url, slack.url, str(port), str(STATEMENT_SECONDS)]
    with subprocess.Popen(command, start_new_session=True) as process:  # the server and its worker die together
        try:
            _wait_for(port)
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=1)) as connection:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("it does not answer")


def _command(port: int, slack: Workspace) -> tuple[int, float]:
    """Status, and seconds until it was acknowledged."""
    told = {
        "command": "/ratchet", "text": "42", "user_id": "U0ANA", "team_id": TEAM, "channel_id": "C1",
        "trigger_id": f"t{next(_NUMBERS)}", "response_url": f"{slack.url}respond",
    }  # fmt: skip
    body = urlencode(told)
    started = time.monotonic()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", "/slack/events", body, {**signed(body), **kind})
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.monotonic() - started


def test_fifty_at_once_on_a_slow_database_are_acknowledged_in_time_and_answered(
    fresh_engine: Engine, slack: Workspace
) -> None:
    Talk(fresh_engine, slack).close()
    port = free_port()
    with serving(fresh_engine, slack, port), ThreadPoolExecutor(AT_ONCE) as people:
        answers = list(people.map(lambda _: _command(port, slack), range(AT_ONCE)))
        assert {status for status, _ in answers} == {200}
        slowest = max(seconds for _, seconds in answers)
        assert slowest < SLACK_WAITS_SECONDS, f"the slowest of {AT_ONCE} waited {slowest:.1f} s"
        for _ in range(AT_ONCE):
            slack.heard("respond", seconds=30)


def test_what_a_killed_process_has_acknowledged_is_done_by_another_one(fresh_engine: Engine, slack: Workspace) -> None:
    talk = Talk(fresh_engine, slack)
    port = free_port()
    with serving(fresh_engine, slack, port) as process, ThreadPoolExecutor(AT_ONCE) as people:
        assert {status for status, _ in people.map(lambda _: _command(port, slack), range(AT_ONCE))} == {200}
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    answered = len([method for method, _ in slack.said if method == "respond"])
    assert answered < AT_ONCE, "it was too quick to be killed in the middle"
    with talk.bot.inbox.engine.begin() as connection:  # the leases are over
        connection.execute(update(SlackRequest).values(next_at=talk.parts.clock()))
        kept = connection.scalar(select(func.count()).select_from(SlackRequest))
        left = connection.scalar(select(func.count()).where(SlackRequest.done_at.is_(None)))
    assert kept == AT_ONCE
    assert left >= AT_ONCE - answered
    while talk.bot.recover():
        pass
    assert len([method for method, _ in slack.said if method == "respond"]) >= AT_ONCE
    with talk.bot.inbox.engine.connect() as connection:
        assert connection.scalar(select(func.count()).where(SlackRequest.done_at.is_(None))) == 0
    talk.close()
