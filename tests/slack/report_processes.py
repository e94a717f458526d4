"""Workers that carry weekly reports, to be killed. The chaos tests run them.

python -m tests.slack.report_processes dying DATABASE_URL SLACK_URL POINT   kills itself (-9) at its N-th point
python -m tests.slack.report_processes racing DATABASE_URL SLACK_URL        carries until nothing is due; says "ready"
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from slack_sdk import WebClient

from app.db import connect, reading, writing
from app.outbox.relay import Relay
from app.slack.delivery import SlackDelivery
from tests.slack.reporting import png
from tests.slack.settings import slack_settings


def now() -> datetime:
    return datetime.now(UTC)


class Dying(WebClient):
    """Kills its process at one point. Points are counted: before and after each call about a file or a message."""

    points, at = 0, 0

    def api_call(self, api_method: str, **told: Any) -> Any:
        counts = api_method.startswith(("chat.", "files."))
        self._point(counts)
        answer = super().api_call(api_method, **told)
        self._point(counts)
        return answer

    def _point(self, counts: bool) -> None:
        self.points += counts
        if counts and self.points == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def _relay(database_url: str, slack_url: str, client: WebClient) -> Relay:
    engine = connect(database_url)
    deliver = SlackDelivery(client, reading(engine), slack_settings(slack_url), draw=png)
    return Relay(writing(engine), deliver, now, lambda: uuid4().hex)


def dying(database_url: str, slack_url: str, at: str) -> None:
    client = Dying("xoxb-test-token", base_url=slack_url, retry_handlers=[])
    client.at = int(at)
    of = _relay(database_url, slack_url, client)
    while of.run_once():
        pass


def racing(database_url: str, slack_url: str) -> None:
    of = _relay(database_url, slack_url, WebClient("xoxb-test-token", base_url=slack_url, retry_handlers=[]))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    idle = 0
    while idle < 10:
        idle = 0 if of.run_once() else idle + 1
        time.sleep(0.02 if idle else 0)


if __name__ == "__main__":
    {"dying": dying, "racing": racing}[sys.argv[1]](*sys.argv[2:])
