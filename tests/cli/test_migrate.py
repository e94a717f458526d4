"""Bringing a database to this version by the command line."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text

from app import migrate
from app.wiring import build_app
from config import Settings


@pytest.fixture
def run(bare_engine: Engine) -> Any:
    settings = Settings.from_env({"RATCHET_SECRET_KEY": "tests", "RATCHET_LOG_LEVEL": "error"})
    runner = build_app(settings, engine=bare_engine).test_cli_runner()
    return lambda *words: runner.invoke(args=list(words))


def test_an_empty_database_is_migrated_and_a_second_time_nothing_is_done(run: Any, bare_engine: Engine) -> None:
    done = run("migrate")
    assert done.exit_code == 0
    assert f"The database is migrated: empty → {migrate.head()}." in done.output
    assert migrate.is_current(bare_engine)
    assert "nothing to do" in run("migrate").output


def test_a_database_of_a_newer_version_is_left_alone(run: Any, bare_engine: Engine) -> None:
    run("migrate")
    with bare_engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    done = run("migrate")
    assert done.exit_code == 1
    assert "The database is at 9999, which this version does not know" in done.output
    assert migrate.current(bare_engine) == "9999"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_database_that_is_not_migrated_is_a_sentence_at_the_start(run: Any, command: str) -> None:
    answer = run(command)
    assert answer.exit_code == 1
    assert f"this version needs {migrate.head()}. Run: flask --app wsgi migrate" in answer.output
