"""Kill -9 of the web process between any two steps of a transition: the change with its notifications, or neither."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.db import writing
from app.domain.lifecycle import DEFAULT_POLICY
from app.domain.people import RATCHET, Actor
from app.models.history import Move
from app.models.incident import Incident
from app.models.outbox import OutboxMessage
from app.workflow import catalog, incident, people, resolution
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_transition_and_its_messages_survive_kill_9_together_or_not_at_all(fresh_engine: Engine) -> None:
    person_id, number = _an_incident_that_can_be_resolved(fresh_engine)
    url = fresh_engine.url.render_as_string(hide_password=False)
    killed = 0
    for point in count(1):
        fresh_engine.dispose()
        ended = subprocess.run(
            [sys.executable, "-m", "tests.chaos.dying_web", url, str(person_id), str(number), "resolution", str(point)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        stage, moves, messages = _state(fresh_engine)
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        killed += 1
        assert (stage, moves, messages) == ("resolution", 0, 0), f"half a transition after point {point}"
    assert (stage, moves, messages) == ("review", 1, 1)
    assert killed >= 10, "the points were not reached: this test would prove nothing"


def test_a_change_that_was_committed_before_the_kill_has_its_messages(fresh_engine: Engine) -> None:
    """The answer is lost, the change is not: whoever asks again is told that it is done."""
    person_id, number = _an_incident_that_can_be_resolved(fresh_engine)
    url = fresh_engine.url.render_as_string(hide_password=False)
    for _ in range(2):  # the second click after the lost answer
        fresh_engine.dispose()
        subprocess.run(
            [sys.executable, "-m", "tests.chaos.dying_web", url, str(person_id), str(number), "resolution", "9999"],
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
    assert _state(fresh_engine) == ("review", 1, 1)


def _an_incident_that_can_be_resolved(engine: Engine) -> tuple[int, int]:
    begin = UnitOfWork(writing(engine), DEFAULT_POLICY, CHAIN, announce)
    with begin() as work:
        ana = people.add(work, email="ana@example.com", name="Ana", role="owner", by=RATCHET, now=NOW)
        told = catalog.ServiceTold(name="checkout")
        checkout = catalog.add_service(work, told, by=RATCHET, now=NOW)
    by = Actor(ana.id, ana.name, ana.role)
    with begin() as work:
        about = incident.Told(title="Payments fail", severity="SEV1", service_ids=[checkout.id], commander_id=ana.id)
        number = incident.declare(work, about, by=by, now=NOW).number
    with begin() as work:
        times = dict.fromkeys(("started_at", "detected_at", "mitigated_at", "resolved_at"), NOW)
        known = resolution.Told(impact="Nobody could pay.", how_resolved="Rolled back.", **times)
        resolution.save(work, number, known, version=0, by=by, now=NOW)
    return ana.id, number


def _state(engine: Engine) -> tuple[str, int, int]:
    with Session(engine) as session:
        return (
            session.scalars(select(Incident.stage)).one(),
            session.scalar(select(func.count()).where(Move.from_stage == "resolution", Move.verb == "advance")) or 0,
            session.scalar(select(func.count()).where(OutboxMessage.event == "IncidentResolved")) or 0,
        )
