"""Practices are locked before incidents: people who work on both at once never wait for each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import Engine

from app.db import writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.people import RATCHET, Actor
from app.workflow import best_practice, incident, people
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROUNDS = 40


def test_proposing_editing_and_linking_at_once_never_deadlock(fresh_engine: Engine) -> None:
    begin = UnitOfWork(writing(fresh_engine), DEFAULT_POLICY, CHAIN, announce)
    told = best_practice.Told(statement="Calls have timeouts", why="One hung.", area="dependency")
    with begin() as work:
        ana, ben = (
            Actor(each.id, each.name, each.role)
            for each in (
                people.add(work, email=f"{name}@x.example", name=name, role="owner", by=RATCHET, now=NOW)
                for name in ("Ana", "Ben")
            )
        )
    with begin() as work:
        number = incident.declare(work, incident.Told(title="It hung"), by=ana, now=NOW).number
    with begin() as work:
        practice = best_practice.propose(work, told, by=ana, now=NOW, incident_number=number)

    def propose(_: int) -> None:
        with begin() as work:
            best_practice.propose(work, told, by=ana, now=NOW, incident_number=number)

    def edit(turn: int) -> None:
        with begin() as work:
            other = best_practice.Told(statement=f"Calls have timeouts {turn}", why="One hung.", area="dependency")
            version = best_practice.kit.practice(work, practice.number, ben, "see").version
            best_practice.edit(work, practice.number, other, version=version, by=ben, now=NOW)

    def link(_: int) -> None:
        with begin() as work:
            best_practice.link(work, number, [practice.id], by=ben, now=NOW)

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(step, turn) for turn in range(ROUNDS) for step in (propose, edit, link)]
        for job in jobs:
            job.result(timeout=60)  # a deadlock is an error here
