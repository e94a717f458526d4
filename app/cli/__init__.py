"""RUN: one file per command of `flask --app wsgi …`. What a command needs is imported when the application is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Every command, by name."""
    from app.cli.demo import run_demo
    from app.cli.doctor import doctor
    from app.cli.evaluate import evaluate
    from app.cli.experiment import experiment
    from app.cli.facts import facts
    from app.cli.import_ import import_
    from app.cli.migrate import migrate
    from app.cli.report import report
    from app.cli.seed import command as seed
    from app.cli.serve import serve
    from app.cli.slack import slack
    from app.cli.token import token
    from app.cli.user import user
    from app.cli.worker import worker

    for command in (
        migrate, serve, worker, doctor, evaluate, user, token, import_, facts, experiment, seed, run_demo, slack,
        report,
    ):  # fmt: skip
        app.cli.add_command(command)
