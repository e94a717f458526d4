"""The lesson is met: how long it takes to declare an incident and to see what was known, in a large company."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.orm import Session

from app.db import reading
from app.domain.people import OWNER, Actor
from app.models.analysis import Analysis, Pattern
from app.models.best_practice import Practice
from app.models.bulk import insert_rows
from app.models.counter import Counter
from app.models.history import Move
from app.models.incident import Incident
from app.models.outbox import OutboxMessage
from app.models.resolution import Resolution
from app.queries import lessons, notices
from app.slack.messages.card import card
from app.wiring import build_app
from bench import data, floors
from bench.cycle import sign_in
from bench.measure import Result, compared
from config import Settings

INCIDENTS, FIRST, ROUNDS = 100_000, 500_000, 20
LATER = data.NOW + timedelta(hours=2)


def run(engine: Engine, kind: str) -> Iterator[Result]:
    """On the fleet of bench.adoption, whose standings are known."""
    _fill(engine)
    settings = Settings.from_env({"RATCHET_SECRET_KEY": "bench", "RATCHET_LOG_LEVEL": "warning"})
    client = build_app(settings, engine=engine, clock=lambda: LATER).test_client()
    token = sign_in(client)
    pages, cards, answers = [], [], []
    for n in range(ROUNDS):
        started = time.perf_counter()
        form = {
            "title": f"Retry storm {n} takes fleet-{n * 31} down",
            "severity": "SEV1",
            "services-0": f"fleet-{n * 31}",
        }
        answer = client.post("/incidents/new", data={**form, "csrf_token": token}, follow_redirects=True)
        pages.append((time.perf_counter() - started) * 1000)
        assert "Known lessons" in answer.text, (answer.status, "nothing was known")
        with reading(engine)() as session:
            newest = select(Incident.id).order_by(Incident.declared_at.desc(), Incident.id.desc())
            last = session.scalar(newest.limit(1))
            assert last is not None
            started = time.perf_counter()
            assert card(notices.incident(session, last), settings.base_url).blocks
            cards.append((time.perf_counter() - started) * 1000)
            started = time.perf_counter()
            assert lessons.at_declaration(session, Actor(1, "Ana", OWNER), session.get_one(Incident, last))
            answers.append((time.perf_counter() - started) * 1000)
    with reading(engine)() as session:
        told = session.scalar(select(func.count()).where(OutboxMessage.event == "IncidentDeclared"))
        assert told, "nobody was told"
    floor = floors.bare(engine).test_client()
    yield compared("matrix of 10,000 × 200", kind, lambda: _get(client, "/adoption"), lambda: _get(floor, "/rows"),
                   goal=5.0, rounds=60)  # fmt: skip
    of = f"{INCIDENTS:,} incidents"
    for name, times in (("declared on the web, lesson seen", pages), ("its card for Slack", cards),
                        ("lessons for the API", answers)):  # fmt: skip
        yield Result(f"{name}, {of}: median", kind, round(median(times), 1), "ms", None, None, 1000)
        yield Result(f"{name}, {of}: slowest of {ROUNDS}", kind, round(max(times), 1), "ms", None, None, 1000)


def _get(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200, path


def _fill(engine: Engine) -> None:
    """Each of the fleet's practices was learned from hundreds of incidents of its pattern."""
    long_ago = data.NOW - timedelta(days=300)
    with Session(engine) as session, session.begin():
        practices = session.scalars(select(Practice.id).where(Practice.id >= 1_000).order_by(Practice.id)).all()
        insert_rows(session, Pattern, ("id", "name", "description", "area"),
                    ((n, f"{('Retry storm', 'Slow dependency', 'Lost instance')[n % 3]} {n}", "", "scale")
                     for n in practices))  # fmt: skip
        session.execute(text("update practice set pattern_id = id where id >= 1000"))
        insert_rows(
            session, Move,
            ("practice_id", "verb", "from_stage", "from_state", "to_stage", "to_state", "why", "at"),
            ((each, verb, "practice", "proposed", "practice", "accepted", "", long_ago)
             for each in practices for verb in ("accept", "activate_check")),
        )  # fmt: skip
        numbers = range(FIRST, FIRST + INCIDENTS)
        insert_rows(
            session, Incident,
            ("id", "number", "title", "description", "severity", "is_private", "stage", "state", "stage_entered_at",
             "declared_at", "labels", "version"),
            ((n, n, f"Retry storm in region {n % 50}", "", f"SEV{n % 4 + 1}", n % 200 == 0, "adoption", "done",
              data.NOW, data.NOW - timedelta(minutes=n - FIRST + 60), [], 1) for n in numbers),
        )  # fmt: skip
        insert_rows(session, Analysis, ("incident_id", "pattern_id", "decision", "reason", "version"),
                    ((n, practices[n % len(practices)], "known", "", 1) for n in numbers))  # fmt: skip
        insert_rows(session, Resolution,
                    ("incident_id", "impact", "customer_minutes", "how_resolved", "version"),
                    ((n, "", n % 900, "", 1) for n in numbers))  # fmt: skip
        _link(session, numbers)
        data.raise_sequences(session, engine)
        session.execute(update(Counter).where(Counter.name == "incident").values(value=numbers.stop))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def _link(session: Session, numbers: range) -> None:
    count = session.scalar(select(func.count()).where(Practice.id >= 1_000)) or 1
    values = {"first": numbers.start, "last": numbers.stop - 1, "count": count}
    session.execute(text(
        "insert into incident_service select id, 100000 + id % 10000 from incident where id between :first and :last"
    ), values)  # fmt: skip
    session.execute(text(
        "insert into incident_practice select id, 1000 + id % :count from incident where id between :first and :last"
    ), values)  # fmt: skip
