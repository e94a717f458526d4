"""`python -m bench.door URL SLACK_URL PORT`: Ratchet behind its own web server, with a Slack that always agrees."""

from __future__ import annotations

import sys

from app.cli.serve import Server
from app.db import connect
from app.wiring import build_app
from config import Settings

SECRET = "bench"


def settings(url: str, slack_url: str) -> Settings:
    return Settings.from_env(
        {
            "RATCHET_DATABASE_URL": url, "RATCHET_SECRET_KEY": "bench", "RATCHET_LOG_LEVEL": "error",
            "RATCHET_SLACK_TOKEN": "xoxb-bench", "RATCHET_SLACK_API_URL": slack_url,
            "RATCHET_SLACK_SIGNING_SECRET": SECRET,
        }
    )  # fmt: skip


if __name__ == "__main__":
    of = settings(sys.argv[1], sys.argv[2])
    Server(of, "127.0.0.1", int(sys.argv[3]), make=lambda: build_app(of, engine=connect(of.database_url))).run()
