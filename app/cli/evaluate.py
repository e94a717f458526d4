"""Evaluate everything anew: `flask --app wsgi evaluate`, after a restore or when somebody doubts a figure."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
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
    """Some hundred services in each transaction; says how many cells were looked at in each."""
    with read() as session:
        ids = session.scalars(select(Service.id).order_by(Service.id)).all()
    for at in range(0, len(ids), AT_ONCE):
        with begin() as work:
            yield evaluate_anew(work, ids[at : at + AT_ONCE], now=clock())
