"""Every service on every practice: evaluated from nothing, after new facts, and as one page of the matrix."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from statistics import median
from typing import Any

import cel
from sqlalchemy import Engine, delete, func, select, text
from sqlalchemy.orm import Session

from app.db import reading, writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.people import RATCHET
from app.models.adoption import PastStanding, Standing, Tally
from app.queries.verdicts import subjects
from app.workflow import adoption
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from bench import data, fleet
from bench.measure import Result

SERVICES, PRACTICES, SMALL = 10_000, 200, 1_000


def run(engine: Engine, kind: str) -> Iterator[Result]:
    """Every figure of adoption on one database."""
    fleet.fill(engine, SMALL, PRACTICES)
    small = _from_nothing(engine)["seconds"]
    _empty(engine)
    fleet.fill(engine, SERVICES, PRACTICES, first=SMALL)
    floor = _bare(engine)
    ours = _from_nothing(engine)
    cells = ours["cells"]
    seconds = ours["seconds"]
    yield Result(f"{cells:,} cells evaluated from nothing", kind, round(seconds, 2), "s", round(floor, 2),
                 round(seconds / floor, 2), 3.0)  # fmt: skip
    yield Result("memory of that process", kind, ours["mib"], "MiB", None, None, 1024)
    growth = seconds / small / (SERVICES / SMALL)
    yield Result("ten times the services, time per service", kind, round(seconds / SERVICES * 1000, 3), "ms",
                 round(small / SMALL * 1000, 3), round(growth, 2), 1.1)  # fmt: skip
    yield Result(
        "new facts of one service to its standings", kind, round(_one_service(engine), 1), "ms", None, None, 50
    )


def _from_nothing(engine: Engine) -> dict[str, Any]:
    """In a process of its own, so that its memory is its own."""
    url = engine.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-m", "bench.evaluate", url], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _bare(engine: Engine) -> float:
    """The same cells with nothing but the expressions: a prepared context per service, the selector, and the check
    where it applies."""
    rules = []
    for n in range(PRACTICES):
        selector, expressions = fleet.rule(n)
        rules.append((cel.compile(selector), [cel.compile(each) for each in expressions]))
    with reading(engine)() as session:
        values = [each.values.variables for each in subjects(session)]
    started, missing = time.perf_counter(), 0
    for variables in values:
        context = cel.Context(variables)
        for selector, expressions in rules:
            if selector.execute(context):
                for expression in expressions:
                    try:
                        expression.execute(context)
                    except KeyError:  # a fact that is not reported
                        missing += 1
    assert missing, "everybody reports everything: that is not how it is"
    return time.perf_counter() - started


def _empty(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        for table in (Standing, PastStanding, Tally):
            # TRUNCATE, where there is one: the cells that are deleted would be in the way of the new ones.
            is_postgresql = engine.dialect.name == "postgresql"
            session.execute(text(f"TRUNCATE {table.__tablename__}") if is_postgresql else delete(table))


def _one_service(engine: Engine) -> float:
    """Milliseconds of work, the median of 50 services: new facts in, 200 standings and what follows from them out."""
    begin = UnitOfWork(writing(engine), DEFAULT_POLICY, CHAIN, announce)
    times, random = [], Random(5)
    for n in range(50):
        facts = {key: fleet.value(key, random) for key in fleet.KEYS}
        started = time.perf_counter()
        with begin() as work:
            now = data.NOW + timedelta(hours=1)
            adoption.report_facts(work, f"fleet-{n * 17}", facts, source="bench", by=RATCHET, now=now)
        times.append((time.perf_counter() - started) * 1000)
    with Session(engine) as session:  # what was measured has happened
        changed = session.scalar(select(func.count()).select_from(PastStanding))
        assert changed, "no standing has changed"
    return median(times)
