"""RUN: one file per command of `flask --app wsgi …`. What a command needs is imported when the application is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Every command, by name."""
    from app.cli.demo import run_demo  # noqa: PLC0415 - a circle otherwise: the wiring imports this package
    from app.cli.doctor import doctor  # noqa: PLC0415
    from app.cli.import_ import import_  # noqa: PLC0415
    from app.cli.migrate import migrate  # noqa: PLC0415
    from app.cli.seed import command as seed  # noqa: PLC0415
    from app.cli.serve import serve  # noqa: PLC0415
    from app.cli.user import user  # noqa: PLC0415
    from app.cli.worker import worker  # noqa: PLC0415

    for command in (migrate, serve, worker, doctor, user, import_, seed, run_demo):
        app.cli.add_command(command)
