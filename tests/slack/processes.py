"""Worker processes to be killed. The tests beside this run them.

python -m tests.slack.processes dying DATABASE_URL SLACK_URL POINT   kills itself (-9) before or after its N-th call
python -m tests.slack.processes slow DATABASE_URL SECONDS           a worker whose deliveries take that long
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

from app import log
from app.db import connect, reading, writing
from app.outbox.contract import Delivered, Outcome, Parcel
from app.outbox.relay import Relay
from app.outbox.worker import Worker
from app.slack.delivery import SlackDelivery
from tests.slack.settings import slack_settings


def now() -> datetime:
    return datetime.now(UTC)


class Dying(WebClient):
    """Kills its process at one point. Points are counted: before and after each call that changes something."""

    points, at = 0, 0

    def api_call(self, api_method: str, **told: Any) -> Any:
        changes = api_method.startswith("chat.")
        self._point(changes)
        answer = super().api_call(api_method, **told)
        self._point(changes)
        return answer

    def _point(self, counts: bool) -> None:
        self.points += counts
        if counts and self.points == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def dying(database_url: str, slack_url: str, at: str) -> int:
    engine = connect(database_url)
    client = Dying("xoxb-test-token", base_url=slack_url, retry_handlers=[])
    client.at = int(at)
    deliver = SlackDelivery(client, reading(engine), slack_settings(slack_url))
    of = Relay(writing(engine), deliver, now, lambda: uuid4().hex)
    return Worker(of, poll_seconds=1).drain() and 0


def slow(database_url: str, seconds: str) -> int:
    def deliver(parcel: Parcel) -> Outcome:
        sys.stdout.write(f"delivering {parcel.id}\n")
        sys.stdout.flush()
        time.sleep(float(seconds))
        return Delivered({"text": "here"})

    log.configure(slack_settings())  # to standard error: what the test reads is on standard output
    engine = connect(database_url)
    Worker(Relay(writing(engine), deliver, now, lambda: uuid4().hex), poll_seconds=60).run()
    return 0


if __name__ == "__main__":
    sys.exit({"dying": dying, "slow": slow}[sys.argv[1]](*sys.argv[2:]))
