"""What is wrong, and what to do: `flask --app wsgi doctor`, or `python -m app.cli.doctor` when nothing else starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app import db
from app.cli.checkup import Finding, database, mail, problem, slack, state, surroundings
from app.cli.checkup import ok as fine
from app.parts import parts
from app.slack.installations import Installations
from app.slack.sealed import kept_key
from app.slack.setup.desk import Desk
from app.workflow.announcements import announce
from app.workflow.chain import CHAIN
from app.workflow.unit_of_work import UnitOfWork
from config import ConfigError, Settings

COLOURS = {"ok": "green", "warning": "yellow", "problem": "red"}


@click.command()
@with_appcontext
def doctor() -> None:
    """Look at everything that Ratchet needs. Exit code 1: there is a problem."""
    made = parts()
    tell(examine(made.settings, made.engine, made.read, made.clock))


def examine(
    settings: Settings, engine: Engine, read: sessionmaker[Session], clock: Callable[[], datetime]
) -> Iterator[Finding]:
    """One finding after the other, as they are made. Without a database the questions to it are left out."""
    yield fine("settings", "Every variable is one that Ratchet knows, and has a value that it can use.")
    yield from surroundings.findings(settings, Path("var"))
    found = list(database.findings(engine))
    yield from found
    desk = Desk(settings, clock)  # asks no database
    if not any(each.level == "problem" for each in found):
        try:
            with read() as session:
                yield from state.findings(session, clock())
            begin = UnitOfWork(db.writing(engine), settings.policy, CHAIN, announce)
            desk = replace(desk, read=read, installations=Installations(begin, read, kept_key(settings)))
        except SQLAlchemyError as error:
            yield problem("database", f"A question to it fails: {str(error).splitlines()[0]}", "Look at its log.")
    yield from slack.findings(desk)
    yield from mail.findings(settings)


def tell(findings: Iterable[Finding]) -> None:
    """One line per finding, and the advice below it. Ends with exit code 1 if there is a problem."""
    levels = []
    for each in findings:
        levels.append(each.level)
        click.echo(f"{click.style(f'{each.level:<8}', fg=COLOURS[each.level])} {each.subject:<10} {each.words}")
        if each.advice:
            click.echo(f"{'':<20}{each.advice}")
    count = {level: levels.count(level) for level in COLOURS}
    click.echo(f"\n{count['ok']} ok, {count['warning']} to look at, {count['problem']} wrong.")
    if count["problem"]:
        raise SystemExit(1)


def main() -> None:
    """Without the application: it does not start while a variable is wrong."""
    try:
        settings = Settings.from_env(os.environ)
    except ConfigError as error:
        tell(problem("settings", each, "Correct the variable, or unset it for its default.") for each in error.problems)
        sys.exit(1)
    try:
        engine = db.connect(settings.database_url)
    except OSError as error:
        tell([problem("database", f"Its folder cannot be made: {error.strerror}.", "Give this user the folder.")])
        return
    tell(examine(settings, engine, db.reading(engine), lambda: datetime.now(UTC)))


if __name__ == "__main__":
    main()
