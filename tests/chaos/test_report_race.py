"""Three workers make the same weekly reports at once and one is killed in the midst of it: each report is there once,
and each of its messages."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import Engine, select

from app.db import reading, writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.people import RATCHET, Actor
from app.models.outbox import OutboxMessage
from app.models.report import Report, ReportAudience
from app.workflow import catalog, people, report
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork

START = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 24, 9, 0, tzinfo=UTC)  # three Mondays later
TEAMS, WEEKS, WORKERS, SECONDS = 12, ("2026-W10", "2026-W11", "2026-W12"), 3, 120


def test_three_workers_and_a_kill_make_each_report_and_each_message_once(fresh_engine: Engine) -> None:
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, CHAIN, announce)
    audiences = _company(begin, fresh_engine)
    chance = random.Random()  # at another moment in each run: all of them must be harmless
    command = [sys.executable, "-m", "tests.chaos.reporting", fresh_engine.url.render_as_string(hide_password=False),
               NOW.isoformat()]  # fmt: skip
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(WORKERS)
    ]
    try:
        for each in workers:
            assert each.stdout
            assert each.stdout.readline() == "ready\n"
        for each in workers:
            assert each.stdin
            each.stdin.write("go\n")
            each.stdin.flush()
        _wait_for_first(fresh_engine)
        time.sleep(chance.uniform(0, 0.5))
        workers[0].send_signal(signal.SIGKILL)
        assert [each.wait(SECONDS) for each in workers[1:]] == [0, 0]
    finally:
        for each in workers:
            each.kill()
            each.communicate()
    with reading(fresh_engine)() as session:
        kept = session.scalars(select(Report)).all()
        assert Counter((each.audience, each.week) for each in kept) == Counter(
            (key, week) for key in audiences for week in WEEKS
        )
        assert {each.revision for each in kept} == {1}
        told = Counter(
            (each.event, each.payload["report_id"], each.audience)
            for each in session.scalars(select(OutboxMessage).where(OutboxMessage.event.startswith("Report")))
        )
        expected = Counter(
            (name, each.id, "reports" if each.audience == "all" else each.audience)
            for each in kept
            for name in ("ReportMade", "ReportIllustrated")
        )
        expected += Counter(("ReportMade", each.id, "mail:1") for each in kept if each.audience == "person:1")
        assert told == expected


def _company(begin: UnitOfWork, engine: Engine) -> set[str]:
    with begin() as work:
        ana = people.add(work, email="ana@c.example", name="Ana", role="owner", by=RATCHET, now=START)
        by = Actor(ana.id, "Ana", "owner")
        for n in range(TEAMS):
            told = catalog.TeamTold(name=f"t{n}", title=f"T{n}", slack_channel=f"#t{n}")
            team = catalog.add_team(work, told, by=RATCHET)
            catalog.add_service(work, catalog.ServiceTold(name=f"s{n}", team_id=team.id), by=RATCHET, now=START)
        report.subscribe(work, about=["all"], by_slack=True, by_mail=True, version=0, by=by, now=START)
    report.make_due(begin, reading(engine), now=START, zone="UTC")
    with begin() as work:
        assert ana.id == 1
        assert set(work.session.scalars(select(ReportAudience.since))) == {START}
        return set(work.session.scalars(select(ReportAudience.audience)))


def _wait_for_first(engine: Engine) -> None:
    give_up = time.monotonic() + SECONDS
    while time.monotonic() < give_up:
        with reading(engine)() as session:
            if session.scalar(select(Report.id).limit(1)) is not None:
                return
        time.sleep(0.01)
    raise AssertionError("nobody has made a report")
