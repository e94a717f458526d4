"""local-slack, a real stand-in for Slack: one binary in var/tools; tests skip where it is missing."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from tests.parts import need

TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-token", "xapp-test-token", "test-signing-secret"
MEMBERS = ["U0BOT", "U0ANA", "U0BEN"]  # it tells an app only of mentions where the app is a member
WORKSPACE = {
    "users": [
        {"id": "U0ANA", "name": "ana", "email": "ana@example.com"},
        {"id": "U0BEN", "name": "ben", "email": "ben@example.com"},
    ],
    "channels": [
        {"id": "C1", "name": "incidents", "members": MEMBERS}, {"id": "C2", "name": "engineering", "members": MEMBERS},
        {"id": "C3", "name": "payments", "members": MEMBERS},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class LocalSlack:
    """`url` is for RATCHET_SLACK_API_URL, together with TOKEN."""

    url: str

    @property
    def page(self) -> str:
        """What people look at."""
        return self.url.removesuffix("api/")

    def client(self) -> WebClient:
        return WebClient(TOKEN, base_url=self.url, retry_handlers=[])

    def roots(self, channel: str) -> list[dict[str, Any]]:
        """Oldest first, without the answers in threads."""
        return list(reversed(self.client().conversations_history(channel=channel)["messages"]))

    def answers(self, channel: str, ts: str) -> list[dict[str, Any]]:
        return [each for each in self.client().conversations_replies(channel=channel, ts=ts)["messages"]
                if each["ts"] != ts]  # fmt: skip


@contextmanager
def running(folder: Path, *, tells: str = "") -> Iterator[LocalSlack]:
    """The server with the workspace above, on a free port, until the end of the block. `tells`: the address to which it
    sends what people do; without one it waits for somebody in Socket Mode."""
    binary = _binary()
    need("local-slack", binary is not None)
    config = folder / "workspace.json"
    app = {"mode": "events", "requestUrl": tells} if tells else {"mode": "socket"}
    config.write_text(json.dumps({**WORKSPACE, "apps": [app]}))
    port = free_port()
    command = [str(binary), "--config", str(config), "--port", str(port), "--base-host", "127.0.0.1"]
    command += ["--files-dir", str(folder / "files")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}/api/"
            _wait_for(url, process)
            yield LocalSlack(url)
        finally:
            process.kill()


def _binary() -> Path | str | None:
    ours = Path(__file__).parents[1] / "var" / "tools" / "local-slack"
    return ours if ours.exists() else shutil.which("local-slack")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}auth.test", data=b"", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("local-slack did not start")
