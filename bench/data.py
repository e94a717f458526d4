"""A company with 20,000 incidents, written in bulk: the shape that matters to pages, not its history to the letter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from app.domain.lifecycle import KEYS
from app.models.catalog import Service
from app.models.counter import Counter
from app.models.history import Move
from app.models.incident import Incident, incident_service
from app.models.person import Person, Team
from app.models.resolution import Resolution
from app.models.review import Review

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
EMAIL, PASSWORD = "ana@bench.example", "bench-password"
SERVICES, TEAMS, PEOPLE = 200, 20, 50


def fill(engine: Engine, incidents: int) -> None:
    """Write the company. One in twelve incidents is open, one in two hundred private, as in a company of some years."""
    random = Random(7)
    with Session(engine) as session, session.begin():
        session.execute(
            insert(Team),
            [{"id": n, "name": f"team-{n}", "title": f"Team {n}", "slack_channel": f"#team-{n}"} for n in _to(TEAMS)],
        )
        session.execute(
            insert(Person),
            [
                {
                    "id": n,
                    "email": EMAIL if n == 1 else f"p{n}@bench.example",
                    "name": f"Person {n}",
                    "role": "owner",
                    "password_hash": PasswordHasher().hash(PASSWORD) if n == 1 else "",
                    "is_active": True,
                    "time_zone": "Europe/Berlin",
                    "created_at": NOW,
                    "session_epoch": 0,
                }
                for n in _to(PEOPLE)
            ],
        )
        session.execute(
            insert(Service),
            [
                {
                    "id": n,
                    "name": f"service-{n}",
                    "title": f"Service {n}",
                    "team_id": n % TEAMS + 1,
                    "tier": n % 4 + 1,
                    "kind": "stateless",
                    "is_retired": False,
                    "version": 1,
                    "description": "",
                }
                for n in _to(SERVICES)
            ],
        )
        for start in range(1, incidents + 1, 2_000):
            _incidents(session, range(start, min(start + 2_000, incidents + 1)), incidents, random)
        session.execute(insert(Counter), [{"name": "incident", "value": incidents}])
        raise_sequences(session, engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def _incidents(session: Session, numbers: range, total: int, random: Random) -> None:
    rows: list[dict[str, Any]] = []
    moves: list[dict[str, Any]] = []
    for n in numbers:
        is_open = n > total - total // 12
        stage = KEYS[random.randrange(8)] if is_open else KEYS[-1]
        at = NOW - timedelta(hours=(total - n) * 2)
        rows.append(
            {
                "id": n,
                "number": n,
                "title": f"Checkout answers slowly from region {n}",
                "description": "",
                "severity": f"SEV{n % 4 + 1}",
                "is_private": n % 200 == 0,
                "stage": stage,
                "state": "active" if is_open else "done",
                "stage_entered_at": at,
                "declared_at": at,
                "declared_by_id": n % PEOPLE + 1,
                "commander_id": n % PEOPLE + 1,
                "labels": [],
                "version": 1,
                "edited_by_id": None,
                "imported": None,
                "external_ref": None,
            }
        )
        where = KEYS.index(stage)
        moves += [
            {"incident_id": n, "verb": "advance", "from_stage": KEYS[k], "from_state": "active",
             "to_stage": KEYS[min(k + 1, 7)], "to_state": "active", "by_id": 1, "at": at, "why": ""}
            for k in range(where if is_open else 8)
        ]  # fmt: skip
    session.execute(insert(Incident), rows)
    session.execute(insert(Move), moves)
    links = [
        {"incident_id": n, "service_id": service}
        for n in numbers
        for service in {n % SERVICES + 1, n // 7 % SERVICES + 1}
    ]
    session.execute(insert(incident_service), links)
    session.execute(
        insert(Review),
        [
            {
                "incident_id": n,
                "facilitator_id": n % PEOPLE + 1,
                "summary": "s",
                "body": "",
                "went_well": "a",
                "went_badly": "b",
                "got_lucky": "c",
                "lessons": "",
                "version": 1,
            }
            for n in numbers
        ],
    )
    session.execute(
        insert(Resolution),
        [
            {
                "incident_id": n,
                "started_at": NOW,
                "detected_at": NOW,
                "mitigated_at": NOW,
                "resolved_at": NOW,
                "impact": "Some customers could not pay.",
                "how_resolved": "Rolled back.",
                "version": 1,
            }
            for n in numbers
        ],
    )


def raise_sequences(session: Session, engine: Engine) -> None:
    """Rows with ids of their own were written: the next ids come after them."""
    if engine.dialect.name == "postgresql":
        for table in ("incident", "move", "team", "person", "service"):
            session.execute(
                text(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
            )


def _to(most: int) -> range:
    return range(1, most + 1)
