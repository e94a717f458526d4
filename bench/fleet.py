"""A fleet of services with facts, and practices with one check each, written in bulk: what adoption is measured on."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.models.automation import Check
from app.models.best_practice import Practice
from app.models.bulk import insert_rows
from app.models.catalog import Fact, Service
from app.models.person import Team
from app.starter.catalogue import starters
from bench.data import NOW

TEAMS = 400
RULES = [each for each in starters() if {check.kind for check in each.checks} == {"facts"}]
KEYS = sorted({key for each in RULES for key in each.facts})
MISSING = 0.05  # of the facts: nobody reports everything


def fill(engine: Engine, services: int, practices: int, *, first: int = 0) -> None:
    """Services numbered from `first` on; practices only when there are none yet."""
    random = Random(11)
    with Session(engine) as session, session.begin():
        if not first:
            insert_rows(session, Team, ("id", "name", "title", "slack_channel", "is_retired", "version"),
                        ((10_000 + n, f"fleet-{n}", f"Fleet {n}", "", False, 1) for n in range(TEAMS)))  # fmt: skip
            _practices(session, practices)
        numbers = range(first, services)
        insert_rows(
            session, Service,
            ("id", "name", "title", "description", "team_id", "tier", "kind", "is_retired", "system", "type",
             "lifecycle", "tags", "origin", "version"),
            ((100_000 + n, f"fleet-{n}", f"Fleet {n}", "", 10_000 + n % TEAMS, n % 4 + 1,
              ("stateless", "stateful")[n % 2], False, "", "service", "production", [], "", 1) for n in numbers),
        )  # fmt: skip
        insert_rows(
            session, Fact, ("service_id", "key", "value", "source", "at"),
            ((100_000 + n, key, value(key, random), "bench", NOW - timedelta(seconds=n))
             for n in numbers for key in KEYS if random.random() > MISSING),
        )  # fmt: skip
        if engine.dialect.name == "postgresql":
            for table in ("practice", "practice_check", "service", "team"):
                session.execute(
                    text(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
                )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
        if engine.dialect.name == "postgresql":
            connection.execute(text("CHECKPOINT"))  # not in the middle of what is measured


def rule(n: int) -> tuple[str, tuple[str, ...]]:
    """Selector and expressions of the nth practice: those of the starter catalogue that machines decide, in turn."""
    of = RULES[n % len(RULES)]
    return of.selector, tuple(check.expression for check in of.checks)


def value(key: str, random: Random) -> Any:
    """What a service may report for a fact."""
    if key == "kubernetes.kind":
        return random.choice(("Deployment", "StatefulSet", "DaemonSet"))
    if key in ("dashboard.url", "oncall.rotation"):
        return random.choice(("https://grafana.example.com/d/1", ""))
    if key.endswith((".max", ".min", "replicas", "stages", "attempts", "undeclared", "exceptions")):
        return random.randrange(6)
    if key.endswith(("_ms", "_percent", "_hours")):
        return random.choice((0, 10, 20, 24, 100, 800, 3_000))
    return random.random() < 0.7


def _practices(session: Session, practices: int) -> None:
    rows: list[tuple[Any, ...]] = []
    checks: list[tuple[Any, ...]] = []
    for n in range(practices):
        selector, expressions = rule(n)
        number = 1_000 + n
        combine = RULES[n % len(RULES)].combine
        rows.append((number, number, f"Rule {n} of the fleet", "Because.", "scale", "must", selector, 90, combine,
                     "automated", NOW, "", 1))  # fmt: skip
        checks += [
            (number * 10 + at, number, "facts", each, "", 30, "active", 1) for at, each in enumerate(expressions)
        ]
    insert_rows(
        session, Practice,
        ("id", "number", "statement", "why", "area", "level", "selector", "target_percent", "combine", "state",
         "state_since", "questioned_because", "version"), rows,
    )  # fmt: skip
    insert_rows(session, Check, ("id", "practice_id", "kind", "expression", "because", "freshness_days", "state",
                                 "version"), checks)  # fmt: skip
