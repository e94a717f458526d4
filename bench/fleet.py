"""A fleet of services with facts, and practices with one check each, written in bulk: what adoption is measured on."""

from __future__ import annotations

from random import Random
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.models.automation import Check
from app.models.best_practice import Practice
from app.models.bulk import insert_rows
from app.models.catalog import Fact, Service
from app.models.person import Team
from bench.data import NOW

TEAMS, KEYS = 400, 20
SELECTORS = ("true", "service.tier <= 2", 'service.kind == "stateless"', 'service.tier <= 3 && service.kind != "batch"')


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
            ((100_000 + n, f"fact.k{k}", random.randrange(100), "bench", NOW) for n in numbers for k in range(KEYS)),
        )  # fmt: skip
        if engine.dialect.name == "postgresql":
            for table in ("practice", "practice_check", "service", "team"):
                session.execute(
                    text(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
                )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def rule(n: int) -> tuple[str, str]:
    """Selector and expression of the nth practice."""
    first, second = n % KEYS, (n * 7 + 3) % KEYS
    some = f'facts["fact.k{first}"] < {40 + n % 50}'
    return SELECTORS[n % len(SELECTORS)], some if n % 3 else f'{some} && facts["fact.k{second}"] >= {n % 30}'


def _practices(session: Session, practices: int) -> None:
    rows: list[tuple[Any, ...]] = []
    checks: list[tuple[Any, ...]] = []
    for n in range(practices):
        selector, expression = rule(n)
        number = 1_000 + n
        rows.append((number, number, f"Rule {n} of the fleet", "Because.", "scale", "must", selector, 90, "all",
                     "automated", NOW, "", 1))  # fmt: skip
        checks.append((number, number, "facts", expression, "", 30, "active", 1))
    insert_rows(
        session, Practice,
        ("id", "number", "statement", "why", "area", "level", "selector", "target_percent", "combine", "state",
         "state_since", "questioned_because", "version"), rows,
    )  # fmt: skip
    insert_rows(session, Check, ("id", "practice_id", "kind", "expression", "because", "freshness_days", "state",
                                 "version"), checks)  # fmt: skip
