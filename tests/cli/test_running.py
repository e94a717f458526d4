"""Processes as they run for real: the web server, the worker, the demo."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.models.outbox import OutboxMessage
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from tests.web.desk import Desk

ROOT = Path(__file__).parents[2]
END_SECONDS = 15  # under one where nothing else runs; the machine that tests may be busy
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start("serve", url=…)`: a command in a folder of its own; whatever happens, it is ended afterwards."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str, url: str | None = None) -> subprocess.Popen[str]:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        env = {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
        if url:
            env["RATCHET_DATABASE_URL"] = url
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words], cwd=tmp_path, env=env, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        started.append(process)
        return process

    yield begin
    for each in started:
        if each.poll() is None:
            each.kill()
        each.communicate()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(is_so: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, process.stdout and process.stdout.read()
        if is_so():
            return
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"nothing happened in {seconds} s: {process.communicate()[0]}")


def answers(port: int) -> bool:
    try:
        with build_opener().open(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def end(process: subprocess.Popen[str], number: int) -> tuple[float, str]:
    """How long it takes to end when it is told to, and what it had said."""
    begun = time.monotonic()
    process.send_signal(number)
    output, _ = process.communicate(timeout=20)
    return time.monotonic() - begun, output


def test_the_web_server_answers_until_it_is_told_to_end(start: Start, fresh_engine: Engine) -> None:
    port = free_port()
    process = start("serve", "--port", str(port), url=url_of(fresh_engine))
    wait_for(lambda: answers(port), process)
    seconds, output = end(process, signal.SIGTERM)
    assert process.returncode == 0, output
    assert seconds < END_SECONDS
    assert f"Ratchet answers at http://127.0.0.1:{port}" in output
    assert "Traceback" not in output


def test_a_port_that_is_taken_is_said_at_once(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in ("serve", "run-demo"):
            done = app.test_cli_runner().invoke(args=[command, "--port", str(port)])
            assert done.exit_code == 1
            assert f"Error: Another program uses port {port}" in done.output
    assert not (tmp_path / "var" / "demo-password").exists()


def test_the_worker_carries_messages_until_it_is_told_to_end(start: Start, fresh_engine: Engine, clock: Any) -> None:
    sessions = writing(fresh_engine)
    Desk(UnitOfWork(sessions, DEFAULT_POLICY, CHAIN, announce), clock).incident()
    process = start("worker", url=url_of(fresh_engine))
    wait_for(lambda: states(sessions()) == {"kept"}, process)
    seconds, output = end(process, signal.SIGTERM)
    assert process.returncode == 0, output
    assert seconds < END_SECONDS
    assert "Traceback" not in output


def test_the_demo_shows_the_same_account_twice_and_ends_in_time(start: Start, tmp_path: Path) -> None:
    shown = []
    for _ in range(2):
        port = free_port()
        process = start("run-demo", "--port", str(port))
        wait_for(lambda port=port: answers(port), process, 180)
        password = (tmp_path / "var" / "demo-password").read_text().strip()
        assert oct((tmp_path / "var" / "demo-password").stat().st_mode)[-3:] == "600"
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        seconds, output = end_of_demo(process, browser, port, password)
        assert seconds < END_SECONDS, output
        assert process.returncode == 0, output
        assert f"http://127.0.0.1:{port}" in output
        assert "Traceback" not in output
        shown.append((email_in(output), password))
        assert password in output
    assert shown[0] == shown[1]


def end_of_demo(process: subprocess.Popen[str], browser: OpenerDirector, port: int, password: str) -> tuple[float, str]:
    """Sign in with what the box says, look at the board, then Ctrl-C."""
    assert process.stdout is not None
    said = ""
    while "Ctrl-C ends it." not in said:
        said += process.stdout.readline()
    base = f"http://127.0.0.1:{port}"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.open(f"{base}/sign-in").read().decode())
    assert token is not None
    fields = {"csrf_token": token[1], "email": email_in(said), "password": password, "next": "/people"}
    page = browser.open(f"{base}/sign-in", urlencode(fields).encode()).read().decode()
    assert "<h1>People</h1>" in page
    seconds, rest = end(process, signal.SIGINT)
    return seconds, said + rest


def email_in(output: str) -> str:
    found = re.search(r"Sign in as +(\S+)", output)
    assert found is not None, output
    return found[1]


def url_of(engine: Engine) -> str:
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    return url


def states(session: Session) -> set[str]:
    with session:
        return set(session.scalars(select(OutboxMessage.state)))
