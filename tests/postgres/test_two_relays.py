"""Several relays at once, on one database: every message is delivered once, and lanes stay in order."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime

from sqlalchemy import Engine

from app.db import connect, writing
from app.outbox.contract import Delivered, Later, Outcome, Parcel
from tests.slack.company import Company, drain, relay


def now() -> datetime:
    return datetime.now(UTC)


class Slow:
    """Takes its time, now and then refuses, and notices when two messages of one lane are under way at once."""

    def __init__(self) -> None:
        self.delivered: list[Parcel] = []
        self.under_way: dict[tuple[int | None, str], int] = defaultdict(int)
        self.collisions: list[Parcel] = []
        self.lock = threading.Lock()

    def __call__(self, parcel: Parcel) -> Outcome:
        lane = (parcel.incident_id, parcel.audience)
        with self.lock:
            self.under_way[lane] += 1
            if self.under_way[lane] > 1:
                self.collisions.append(parcel)
        time.sleep(random.random() * 0.02)
        with self.lock:
            self.under_way[lane] -= 1
            if parcel.attempts == 1 and parcel.id % 4 == 0:
                return Later("Not now.", 0)
            self.delivered.append(parcel)
        return Delivered({"text": "here"})


def test_relays_that_race_deliver_every_message_once_and_in_order(fresh_engine: Engine) -> None:
    office = Company(writing(fresh_engine), now)
    for number in range(8):
        office.resolve(office.declare(f"Incident {number}"))
    courier, failures = Slow(), []
    engines = [connect(fresh_engine.url.render_as_string(hide_password=False)) for _ in range(4)]

    def work(engine: Engine, number: int) -> None:
        try:
            of = relay(writing(engine), courier, now)
            of.new_id = lambda: f"{number}-{time.monotonic_ns()}"
            until = time.monotonic() + 30
            while time.monotonic() < until and any(each.state != "delivered" for each in office.messages()):
                drain(of)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(engine, at)) for at, engine in enumerate(engines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    for engine in engines:
        engine.dispose()
    assert failures == []
    assert sorted(each.id for each in courier.delivered) == [each.id for each in office.messages()]
    assert courier.collisions == []
    by_lane: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    for parcel in courier.delivered:
        by_lane[parcel.incident_id, parcel.audience].append(parcel.id)
    assert all(ids == sorted(ids) for ids in by_lane.values())
