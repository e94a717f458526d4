"""Evaluate everything anew: `flask --app wsgi evaluate`, after a restore or when somebody doubts a figure."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.cli.migrate import require_current
from app.models.catalog import Service
from app.parts import parts
from app.workflow.evaluation import AT_ONCE, evaluate_anew
from app.workflow.unit_of_work import UnitOfWork

# Of threads, where Python's own is 0.005: one that sends rows to the database would wait for that long, and the
# database for it, every time that it has sent what takes a millisecond.
TURN_SECONDS = 0.0005


@click.command()
@with_appcontext
def evaluate() -> None:
    """Evaluate every service on every practice. Nobody is told of what was not known before; safe at any time."""
    made = parts()
    require_current(made.engine)
    with made.read() as session:
        total = len(session.scalars(select(Service.id)).all())
    with click.progressbar(length=total, label=f"Evaluating {total} services", file=sys.stderr) as bar:
        cells = 0
        for found in evaluate_everything(made.begin, made.read, made.clock):
            cells += found
            bar.update(min(AT_ONCE, total))
    click.echo(f"{cells:,} standings are up to date.")


def evaluate_everything(begin: UnitOfWork, read: sessionmaker[Session], clock: Callable[[], datetime]) -> Iterator[int]:
    """Some thousand services in each transaction; says how many cells were looked at in each. On PostgreSQL two at a
    time: one is judged while the other is written."""
    with read() as session:
        ids = session.scalars(select(Service.id).order_by(Service.id)).all()
        at_a_time = 2 if session.get_bind().dialect.name == "postgresql" else 1

    def some(at: int) -> int:
        with begin() as work:
            return evaluate_anew(work, ids[at : at + AT_ONCE], now=clock())

    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_SECONDS)
    try:
        with ThreadPoolExecutor(at_a_time) as pool:
            yield from pool.map(some, range(0, len(ids), AT_ONCE))
    finally:
        sys.setswitchinterval(usual)
