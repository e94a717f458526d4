"""Two workers evaluate at once, facts arrive and rules change meanwhile, one worker is killed: the standings are those
of one worker that nobody has disturbed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from app.db import reading, writing
from app.domain.adoption import COUNTED
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.people import RATCHET, Actor
from app.models.adoption import PastStanding, Standing, Tally
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.queries.judge import Judge
from app.queries.rules import rules
from app.queries.verdicts import subjects
from app.wiring import utc_now
from app.workflow import adoption, automation, best_practice, catalog, people
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.evaluation import evaluate_anew
from app.workflow.unit_of_work import UnitOfWork

SERVICES, PRACTICES, SECONDS = 24, 6, 6.0
SELECTORS = ("true", "service.tier <= 2", "service.tier >= 2")
EXPRESSIONS = ('facts["a"] < 50', 'facts["b"] >= 20', 'facts["a"] < 50 && facts["b"] >= 20')


def test_two_workers_at_once_come_to_the_same_standings_as_one(fresh_engine: Engine) -> None:
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, CHAIN, announce)
    by = _company(begin)
    problems: list[BaseException] = []
    with _worker(fresh_engine) as first, _worker(fresh_engine):
        people_at_work = [
            Thread(target=_report, args=(begin, by, seed, problems)) for seed in (1, 2)
        ] + [Thread(target=_edit, args=(begin, by, problems))]  # fmt: skip
        for each in people_at_work:
            each.start()
        time.sleep(SECONDS / 2)
        first.send_signal(signal.SIGKILL)
        for each in people_at_work:
            each.join()
    assert not problems, problems
    _is_as_from_scratch(fresh_engine)


def test_two_that_count_for_the_first_time_at_once_count_everything(fresh_engine: Engine) -> None:
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, CHAIN, announce)
    _company(begin)
    with begin() as work:  # as after a restore of the tables that people have written
        for table in (Standing, PastStanding, Tally):
            work.session.execute(delete(table))
        ids = work.session.scalars(select(Service.id).order_by(Service.id)).all()

    def evaluate_rest() -> None:
        with begin() as work:
            evaluate_anew(work, ids[SERVICES // 2 :], now=utc_now())

    other = Thread(target=evaluate_rest)
    with begin() as work:
        evaluate_anew(work, ids[: SERVICES // 2], now=utc_now())
        other.start()
        other.join(1)  # it gets as far as it can before this is committed
    other.join()
    with reading(fresh_engine)() as session:
        for tally in session.scalars(select(Tally)):
            rows = select(Standing.standing).where(Standing.practice_id == tally.practice_id)
            counted = Counter(session.scalars(rows))
            assert counted.total() > 0
            assert {name: getattr(tally, name) for name in COUNTED} == {name: counted[name] for name in COUNTED}


def _report(begin: UnitOfWork, by: Actor, seed: int, problems: list[BaseException]) -> None:
    """Facts of services in random order, many of them at the same services as the other thread's."""
    chance, until = random.Random(seed), time.monotonic() + SECONDS
    try:
        while time.monotonic() < until:
            told = {chance.choice("ab"): chance.randrange(100)}
            with begin() as work:
                name = f"s{chance.randrange(SERVICES)}"
                adoption.report_facts(work, name, told, source="chaos", by=by, now=utc_now())
    except BaseException as problem:
        problems.append(problem)


def _edit(begin: UnitOfWork, by: Actor, problems: list[BaseException]) -> None:
    """Selectors change all the time."""
    chance, until = random.Random(3), time.monotonic() + SECONDS
    try:
        while time.monotonic() < until:
            with begin() as work:
                number = chance.randrange(PRACTICES) + 1
                of = work.session.scalars(select(Practice).where(Practice.number == number)).one()
                told = best_practice.Told(**{**best_practice.saved(of), "selector": chance.choice(SELECTORS)})
                best_practice.edit(work, number, told, version=of.version, by=by, now=utc_now())
            time.sleep(0.02)
    except BaseException as problem:
        problems.append(problem)


def _company(begin: UnitOfWork) -> Actor:
    with begin() as work:
        actors = []
        for name in ("Ana", "Ben"):
            person = people.add(work, email=f"{name}@c.example", name=name, role="owner", by=RATCHET, now=utc_now())
            actors.append(Actor(person.id, name, "owner"))
        for n in range(SERVICES):
            catalog.add_service(work, catalog.ServiceTold(name=f"s{n}", tier=n % 4 + 1), by=RATCHET, now=utc_now())
    for n in range(PRACTICES):
        with begin() as work:
            told = best_practice.Told(statement=f"Rule {n}", why="Because.", area="scale", target_percent=50)
            number = best_practice.propose(work, told, by=actors[0], now=utc_now()).number
            best_practice.accept(work, number, version=1, by=actors[1], now=utc_now())
            check = automation.Told(kind="facts", expression=EXPRESSIONS[n % len(EXPRESSIONS)])
            made = automation.write(work, number, check, by=actors[1], now=utc_now())
            automation.activate(work, made.id, version=1, by=actors[1], now=utc_now())
    return actors[1]


@contextmanager
def _worker(engine: Engine) -> Iterator[subprocess.Popen[str]]:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.chaos.evaluating", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


def _is_as_from_scratch(engine: Engine) -> None:
    with reading(engine)() as session:
        practices = session.scalars(select(Practice)).all()
        everybody = subjects(session)
        judge = Judge(utc_now(), everybody)
        expected: dict[tuple[int, int], Any] = {}
        for rule in rules(session, practices, "adopted"):
            for service_id, found in judge.column(rule, {}, {}).cells():
                expected[(rule.practice_id, service_id)] = (found[0], found[1])
        cells = session.scalars(select(Standing)).all()
        assert {(each.practice_id, each.service_id): (each.standing, each.message) for each in cells} == expected
        for tally in session.scalars(select(Tally)):
            counted = Counter(each.standing for each in cells if each.practice_id == tally.practice_id)
            assert {name: getattr(tally, name) for name in counted} == dict(counted)
        _states_follow(session)
        assert len(session.scalars(select(PastStanding)).all()) > SERVICES, "hardly anything has happened"


def _states_follow(session: Session) -> None:
    rows = session.execute(select(Practice, Tally).join(Tally, Tally.practice_id == Practice.id))
    for practice, tally in rows:
        applicable = tally.adopted + tally.not_adopted + tally.unknown
        is_met = applicable > 0 and tally.adopted * 2 >= applicable
        assert practice.state in (("adopted",) if is_met else ("automated", "slipped")), (
            practice.number,
            practice.state,
        )
