"""Ratchet behind a real web server, on a database whose every statement takes a while: python -m tests.chaos.slow_door
DATABASE_URL SLACK_URL PORT SECONDS. The test beside this runs it, and kills it."""

from __future__ import annotations

import sys
import time
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from app.cli.serve import Server
from app.wiring import build_app
from config import Settings
from tests.slack.talking import SECRET


def slow(engine: Engine, seconds: float) -> None:
    """Before each statement; as a database that is far away or busy, it holds no lock meanwhile."""

    def wait(*_: Any) -> None:
        time.sleep(seconds)

    event.listen(engine, "before_cursor_execute", wait)


def run(database_url: str, slack_url: str, port: str, seconds: str) -> None:
    settings = Settings.from_env(
        {
            "RATCHET_DATABASE_URL": database_url, "RATCHET_SECRET_KEY": "tests", "RATCHET_LOG_LEVEL": "error",
            "RATCHET_SLACK_TOKEN": "xoxb-1", "RATCHET_SLACK_API_URL": slack_url, "RATCHET_SLACK_SIGNING_SECRET": SECRET,
        }
    )  # fmt: skip

    def make() -> Flask:
        app = build_app(settings)
        bot = app.extensions["ratchet.slack"].bot
        bot.inbox.prepare()
        slow(app.extensions["ratchet"].engine, float(seconds))
        slow(bot.inbox.engine, float(seconds))
        return app

    Server(settings, "127.0.0.1", int(port), make=make).run()


if __name__ == "__main__":
    run(*sys.argv[1:])
