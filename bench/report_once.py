"""`python -m bench.report_once URL`: the report and its floor in turn; prints seconds and the most memory as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from statistics import median

from sqlalchemy import Engine

from app.db import connect, reading, writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.week import Week
from app.queries import audience, weekly
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.report import keep
from app.workflow.unit_of_work import UnitOfWork
from bench.data import NOW
from bench.report_floor import Floor

ROUNDS = 3


def main() -> None:
    engine = connect(sys.argv[1])
    week = Week.at(NOW, "UTC")  # it ends after everything that was written
    shared = weekly.Shared()

    def ours() -> None:
        nonlocal shared
        shared = weekly.Shared()
        with reading(engine)() as session:
            figures = weekly.compute(session, audience.everyone("UTC"), week, policy=DEFAULT_POLICY, shared=shared)
        assert figures.adoption.now
        assert figures.adoption.now.applicable > 1_000_000
        assert len(figures.practices) >= 200

    def team() -> None:
        with reading(engine)() as session:
            of = audience.named(session, audience.PUBLIC, "team:fleet-7", "UTC")
            assert weekly.compute(session, of, week, policy=DEFAULT_POLICY, shared=shared).adoption.now

    floor = Floor(engine, week)
    _keep(engine, week)
    times = _times((floor.ask, ours), ROUNDS)
    more = _times((team,), ROUNDS)
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({
        "floor": round(times[0], 2), "ours": round(times[1], 2), "team": round(more[0], 2), "mib": mib
    }))  # fmt: skip
    _close(engine)


def _keep(engine: Engine, week: Week) -> None:
    """The report, for the page that shows it."""
    begin = UnitOfWork(writing(engine), DEFAULT_POLICY, CHAIN, announce)
    of = audience.everyone("UTC")
    with reading(engine)() as session:
        figures = weekly.compute(session, of, week, policy=DEFAULT_POLICY)
    with begin() as work:
        assert keep(work, of, week, figures, now=NOW)


def _times(acts: tuple[Callable[[], None], ...], rounds: int) -> list[float]:
    """Median seconds of each, in turn."""
    found: list[list[float]] = [[] for _ in acts]
    for _ in range(rounds):
        for act, into in zip(acts, found, strict=True):
            started = time.perf_counter()
            act()
            into.append(time.perf_counter() - started)
    return [median(each) for each in found]


def _close(engine: Engine) -> None:
    engine.dispose()


if __name__ == "__main__":
    main()
