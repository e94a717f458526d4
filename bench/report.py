"""The weekly report of a large company: 10,000 services × 200 practices with three million changes of standing, and
100,000 incidents; beside the same figures by bare SQL."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.week import Week
from app.faces.charts.png import adoption_png
from app.models.adoption import PastStanding
from app.models.bulk import insert_rows
from app.models.history import Move
from app.queries import reports
from app.queries.known import PUBLIC
from app.wiring import build_app
from bench import data, floors
from bench.cycle import sign_in
from bench.lesson import FIRST, INCIDENTS, LATER
from bench.measure import Result, compared
from config import Settings

CHANGES, MIB = 3_000_000, 512
_DAY = 86_400_000_000  # microseconds


def run(engine: Engine, kind: str) -> Iterator[Result]:
    """On the fleet and the incidents of bench.lesson. In a process of its own, whose memory is its own."""
    _fill(engine)
    url = engine.url.render_as_string(hide_password=False)
    made = subprocess.run([sys.executable, "-m", "bench.report_once", url], check=True, capture_output=True, text=True)
    told = json.loads(made.stdout.splitlines()[-1])
    of = f"{CHANGES:,} changes"
    yield Result(f"weekly report, {of}", kind, told["ours"], "s", told["floor"],
                 round(told["ours"] / told["floor"], 2), 2.0)  # fmt: skip
    yield Result(f"weekly report of one more team, {of}", kind, told["team"], "s", None, None, 1.0)
    yield Result(f"weekly report, {of}: memory", kind, told["mib"], "MiB", None, None, MIB)
    yield from _seen(engine, kind)


def _seen(engine: Engine, kind: str) -> Iterator[Result]:
    """Its page, of 400 teams and 200 practices; and its chart as a picture."""
    week = Week.at(data.NOW, "UTC")
    settings = Settings.from_env({"RATCHET_SECRET_KEY": "bench", "RATCHET_LOG_LEVEL": "warning"})
    client = build_app(settings, engine=engine, clock=lambda: LATER).test_client()
    sign_in(client)
    floor = floors.bare(engine).test_client()

    def get(client: FlaskClient, path: str) -> None:
        assert client.get(path).status_code == 200, path

    yield compared("page of a weekly report", kind, lambda: get(client, f"/reports/{week.name}"),
                   lambda: get(floor, "/rows"), goal=4.0, rounds=40)  # fmt: skip
    with reading(engine)() as session:
        figures = reports.find(session, PUBLIC, "all", week).figures
    times = []
    for _ in range(11):
        started = time.perf_counter()
        assert adoption_png(figures)
        times.append((time.perf_counter() - started) * 1000)
    yield Result("chart of a weekly report as PNG", kind, round(median(times), 1), "ms", None, None, 300)


def _fill(engine: Engine) -> None:
    """Every cell stood otherwise for a month, and for another before that; some for a third. Incidents have Moves."""
    is_sqlite = engine.dialect.name == "sqlite"
    now = data.NOW.astimezone(UTC)
    with Session(engine) as session, session.begin():
        for nth, which in ((0, "1 = 1"), (1, "1 = 1"), (2, "(practice_id + service_id) % 5 = 0")):
            session.execute(text(_past(nth, which, is_sqlite=is_sqlite, now=now)))
        count = session.scalar(select(func.count()).select_from(PastStanding)) or 0
        assert count >= CHANGES * 0.9, count
        last = session.scalar(select(func.max(Move.id))) or 0
        rows = ((n, "declare", None, None, "incident", "active", "", data.NOW - timedelta(minutes=n - FIRST + 60))
                for n in range(FIRST, FIRST + INCIDENTS))  # fmt: skip
        names = ("incident_id", "verb", "from_stage", "from_state", "to_stage", "to_state", "why", "at")
        insert_rows(session, Move, names, rows)
        closed = (
            (n, "advance", "adoption", "active", "adoption", "done", "", data.NOW - timedelta(minutes=(n - FIRST) // 2))
            for n in range(FIRST, FIRST + INCIDENTS)
        )  # fmt: skip
        insert_rows(session, Move, names, closed)
        # A fifth of them is on its way.
        session.execute(text(
            "update incident set state = 'active', stage = case (id / 5) % 4 when 0 then 'review' when 1 then"
            " 'remediation' when 2 then 'analysis' else 'adoption' end where id >= :first and id % 5 = 0"
        ), {"first": FIRST})  # fmt: skip
        assert (session.scalar(select(func.max(Move.id))) or 0) > last
        data.raise_sequences(session, engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if not is_sqlite else "ANALYZE"))


def _past(nth: int, which: str, *, is_sqlite: bool, now: datetime) -> str:
    """Each cell's nth span back; the last one ended on one of the last 60 days."""
    days = f"((practice_id * 7919 + service_id * 104729) % 60 + 1 + {30 * nth})"
    which_one = "(practice_id * 31 + service_id * 17) % 3"
    words = f"case {which_one} when 0 then 'adopted' when 1 then 'not_adopted' else 'unknown' end"
    if is_sqlite:
        at = int(now.timestamp() * 1_000_000)
        until, since = f"{at} - {days} * {_DAY}", f"{at} - {days} * {_DAY} - 30 * {_DAY}"
    else:
        at_words = f"timestamptz '{now.isoformat()}'"
        until = f"{at_words} - ({days}) * interval '1 day'"
        since = f"{until} - interval '30 days'"
    return (
        "insert into past_standing (practice_id, service_id, until, since, standing, message)"
        f" select practice_id, service_id, {until}, {since}, {words}, '' from standing where {which}"
    )
