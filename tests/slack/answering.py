"""A Slack that answers each method as it is told, and a Ratchet behind an address: for the checks of the connection."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.slack.setup.scopes import NAMES

SECRET = "0123456789abcdef0123456789abcdef"
SIGNED_IN = {"ok": True, "team": "Acme", "user": "ratchet", "url": "https://acme.slack.com/"}
EVERY_SCOPE = ",".join(NAMES)
CHANNELS: dict[str, Any] = {
    "ok": True,
    "channels": [
        {"id": "C1", "name": "incidents", "is_member": True}, {"id": "C2", "name": "engineering", "is_member": False},
    ],
}  # fmt: skip
Reply = Callable[[BaseHTTPRequestHandler, bytes], None]


def say(status: int, body: Any, **headers: str) -> Reply:
    """An answer; a text body is sent as it is."""

    def reply(handler: BaseHTTPRequestHandler, _asked: bytes) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        handler.send_response_only(status)
        told = {"Content-Type": "application/json", "Date": formatdate(usegmt=True), **headers}
        for name, value in told.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(text.encode())))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return reply


def stall(seconds: float) -> Reply:
    """Takes the request, and does not answer for so long."""

    def reply(handler: BaseHTTPRequestHandler, asked: bytes) -> None:
        time.sleep(seconds)
        say(200, {"ok": True})(handler, asked)

    return reply


class Answering:
    """`replies` by the last part of the path; what is not there is an unknown method."""

    def __init__(self, **replies: Reply) -> None:
        self.replies: dict[str, Reply] = {
            "auth.test": say(200, SIGNED_IN, x_oauth_scopes=EVERY_SCOPE),
            "conversations.list": say(200, CHANNELS),
            "apps.connections.open": say(200, {"ok": True, "url": "wss://slack.invalid/1"}),
            "blocks.validate": say(200, {"ok": True}),
        }
        self.replies |= {name.replace("_", "."): reply for name, reply in replies.items()}
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                method = self.path.split("?")[0].rpartition("/")[2]
                outer.asked.append((method, dict(self.headers), body))
                outer.replies.get(method, say(200, {"ok": False, "error": "unknown_method"}))(self, body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def api(self) -> str:
        return f"{self.base}/api/"

    def methods(self) -> list[str]:
        return [method for method, _, _ in self.asked]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def answering(**replies: Reply) -> Iterator[Answering]:
    made = Answering(**replies)
    try:
        yield made
    finally:
        made.close()
