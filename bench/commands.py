"""Twenty people who type to Slack at once: how long until Slack hears that Ratchet has it (it waits three seconds)."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from statistics import quantiles
from urllib.parse import urlencode

from sqlalchemy import Engine

from bench.door import SECRET
from bench.measure import Result

AT_ONCE, ROUNDS, GOAL_MS = 20, 25, 300
PERSON = {"id": "U1", "profile": {"email": "ana@example.com"}, "is_email_confirmed": True}
AGREES = {
    "ok": True, "team_id": "T1", "user": PERSON,
    "view": {"id": "V1"},
}  # fmt: skip
_NUMBERS = count(1)


def run(engine: Engine, kind: str) -> Iterator[Result]:
    """The 99th of a hundred, over some rounds; the first round warms up."""
    with _slack() as slack_url, _serving(engine, slack_url) as port, ThreadPoolExecutor(AT_ONCE) as people:
        times = [list(people.map(lambda _: _command(port), range(AT_ONCE))) for _ in range(ROUNDS + 1)]
    found = [each * 1000 for turn in times[1:] for each in turn]
    yield Result(
        f"commands, {AT_ONCE} at once: p99 to the ack", kind, round(quantiles(found, n=100)[98], 1), "ms", None, None,
        GOAL_MS,
    )  # fmt: skip


@contextmanager
def _slack() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(AGREES).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/api/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _serving(engine: Engine, slack_url: str) -> Iterator[int]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "bench.door", url, slack_url, str(port)]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
                connection.request("GET", "/healthz")
                assert connection.getresponse().status == 200
                return
        except OSError:
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)


def _command(port: int) -> float:
    """Seconds until it is acknowledged."""
    body = urlencode(
        {
            "command": "/ratchet", "text": "42", "user_id": "U1", "team_id": "T1", "channel_id": "C1",
            "trigger_id": f"{next(_NUMBERS)}", "response_url": "",
        }
    )  # fmt: skip
    at = str(int(time.time()))
    mac = hmac.new(SECRET.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={mac}",
    }  # fmt: skip
    started = time.perf_counter()
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("POST", "/slack/events", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    return time.perf_counter() - started
