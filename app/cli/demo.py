"""Everything in one command, to look at: `make run`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from app.cli.migrate import bring_up
from app.cli.preview import renderer
from app.cli.problems import in_words
from app.cli.serve import HOST, PORT, Server, address, require_free
from app.cli.worker import Background
from app.models.person import Person
from app.parts import Parts, parts
from app.queries.people import first_administrator
from app.web.account import is_right
from app.web.auth import hasher
from app.web.people import generated_password

PASSWORD = Path("var/demo-password")
GRACE_SECONDS = 4


@click.command("run-demo")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65_535))
@with_appcontext
def run_demo(port: int) -> None:
    """Migrate, seed an empty database, and run web pages and worker until Ctrl-C."""
    require_free(HOST, port)
    made = parts()
    with in_words():
        click.echo(bring_up(made.engine))
        if _is_empty(made):
            _seed(made)
        click.echo(_box([f"Ratchet is at {address(HOST, port)}", *_account(made), "Ctrl-C ends it."]))
    made.engine.dispose()  # a connection that two processes share is broken
    background: list[Background] = []

    def begin_work(process: Any) -> None:
        running = Background(process.wsgi.extensions["ratchet"])
        running.start()
        background.append(running)

    def end_work(_server: Any, _process: Any) -> None:
        for each in background:
            each.stop()

    Server(
        made.settings, HOST, port, grace_seconds=GRACE_SECONDS, post_worker_init=begin_work, worker_exit=end_work,
        loglevel="warning",
    ).run()  # fmt: skip


def _is_empty(made: Parts) -> bool:
    with made.read() as session:
        return not session.scalar(select(func.count()).select_from(Person))


def _seed(made: Parts) -> None:
    """The demo's story. The password is written down first: a seed that breaks off can be begun again."""
    from app.cli.seed import seed  # noqa: PLC0415 - it brings a whole story along

    password = generated_password()
    PASSWORD.parent.mkdir(parents=True, exist_ok=True)
    PASSWORD.unlink(missing_ok=True)
    with os.fdopen(os.open(PASSWORD, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(password + "\n")
    click.echo("The database is empty: telling the demo's story…")
    seed(
        made.begin, made.clock(), password_hash=hasher.hash(password), progress=click.echo, render=renderer(made)
    )  # fmt: skip


def _account(made: Parts) -> list[str]:
    """Whom to sign in as, if that can be known."""
    with made.read() as session:
        person = first_administrator(session)
    if person is None:
        return ["Nobody can manage it yet:", 'flask --app wsgi user add ana@example.com --name "Ana"']
    kept = PASSWORD.read_text(encoding="utf-8").strip() if PASSWORD.exists() else ""
    if kept and is_right(person.password_hash, kept):
        return [f"Sign in as  {person.email}", f"Password    {kept}"]
    return [
        f"Sign in as  {person.email}",
        f"Password    theirs; a new one: flask --app wsgi user password {person.email}",
    ]


def _box(lines: list[str]) -> str:
    width = max(len(each) for each in lines)
    body = [f"│ {each:<{width}} │" for each in lines]
    return "\n".join([f"┌{'─' * (width + 2)}┐", *body, f"└{'─' * (width + 2)}┘"])
