"""While an incident is walked through the browser, the worker tells a real stand-in for Slack of each stage."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select

from app.models.outbox import DELIVERED, OutboxMessage
from tests import local_slack
from tests.browser.conftest import Site
from tests.browser.hands import Pointer
from tests.browser.journey import Journey
from tests.local_slack import LocalSlack

# In the thread of the card, in this order; each once.
TOLD = [
    "is resolved", "has its review published", "is remediated", "is analysed", "has its best practice agreed",
    "is automated", "has its loop closed",
]  # fmt: skip


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[LocalSlack]:
    with local_slack.running(tmp_path) as running:
        yield running


@pytest.fixture
def variables(slack: LocalSlack) -> dict[str, str]:
    return {
        "RATCHET_SLACK_TOKEN": local_slack.TOKEN, "RATCHET_SLACK_API_URL": slack.url,
        "RATCHET_WORKER_POLL_SECONDS": "1",
    }  # fmt: skip


@pytest.fixture
def worker(site: Site) -> Iterator[None]:
    worker = site.parts.make_worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    yield
    worker.stop()
    thread.join()


def test_slack_is_told_of_each_stage_in_order_exactly_once_in_one_thread(
    site: Site, slack: LocalSlack, worker: None, sign_in: Callable[..., Page]
) -> None:
    Journey(Pointer(sign_in("ana")), Pointer(sign_in("ben"))).walk("Nobody can pay")
    _wait_until_all_is_delivered(site)
    (card,) = _without_broadcasts(slack.roots("C1"))
    answers = [each["text"] for each in slack.answers("C1", card["ts"])]
    assert answers == [f"INC-1 {words}: Nobody can pay" for words in TOLD]
    assert "The loop is closed: nothing is awaited." in _words(card)
    assert "Nobody can pay" in _words(card)
    engineering = [each["text"] for each in slack.roots("C2")]
    assert [next(word for word in ("proposed", "accepted", "adopted") if word in text) for text in engineering] == [
        "proposed", "accepted", "adopted",
    ]  # fmt: skip


def _wait_until_all_is_delivered(site: Site) -> None:
    give_up = time.monotonic() + 30
    states: dict[str, int] = {}
    while time.monotonic() < give_up:
        with site.parts.read() as session:
            rows = session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
            states = {row[0]: row[1] for row in rows}
        if set(states) == {DELIVERED}:
            return
        time.sleep(0.2)
    pytest.fail(f"not everything was delivered: {states}")


def _without_broadcasts(roots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in roots if each.get("thread_ts") in (None, each["ts"])]


def _words(message: dict[str, Any]) -> str:
    return f"{message['text']} {message.get('blocks')}"
