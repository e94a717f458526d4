"""The doctor names what is wrong in words, and ends with 1 when there is a problem."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, text, update

from app import db
from app.cli.checkup import Finding, database, slack, state, surroundings
from app.models.outbox import OutboxMessage
from app.slack.setup.desk import Desk
from app.wiring import build_app
from config import Settings
from tests.slack.answering import EVERY_SCOPE, SIGNED_IN, Answering, answering, say
from tests.web import desk as company

ROOT = Path(__file__).parents[2]


def settings(**values: str) -> Settings:
    return Settings.from_env({f"RATCHET_{name.upper()}": value for name, value in values.items()})


def said(findings: Any) -> dict[str, str]:
    """Level by words."""
    found: list[Finding] = list(findings)
    assert all(each.advice for each in found if each.level != "ok")
    return {each.words: each.level for each in found}


def level(findings: Any, words: str) -> str:
    found = [each for text, each in said(findings).items() if words in text]
    assert found, f"nothing says {words}"
    return found[0]


def test_a_healthy_installation_has_no_problem(begin: Any, clock: Any, app: Flask) -> None:
    company.Desk(begin, clock)
    parts = app.extensions["ratchet"]
    app.extensions["ratchet"] = replace(parts, settings=settings(secret_key="x" * 40))
    done = app.test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == 0, done.output
    assert "1 administrator can sign in." in done.output
    assert "0 wrong." in done.output


def test_a_database_that_was_never_migrated_is_a_problem(bare_engine: Engine) -> None:
    done = build_app(settings(secret_key="x" * 40, log_level="error"), engine=bare_engine).test_cli_runner()
    answer = done.invoke(args=["doctor"])
    assert answer.exit_code == 1
    assert "The database is empty; this version needs" in answer.output
    assert "Run: flask --app wsgi migrate" in answer.output
    assert "administrator" not in answer.output  # what cannot be asked is not asked


def test_a_database_that_does_not_answer_is_a_problem() -> None:
    engine = db.connect("postgresql+psycopg://ratchet:topsecret@127.0.0.1:1/none")
    found = list(database.findings(engine))
    assert [each.level for each in found] == ["problem"]
    assert "does not answer" in found[0].words
    assert "topsecret" not in found[0].words


def test_a_database_of_a_newer_version_is_a_problem(fresh_engine: Engine) -> None:
    with fresh_engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    assert level(database.findings(fresh_engine), "9999, which this version does not know") == "problem"


def test_sqlite_without_wal_is_a_warning(fresh_engine: Engine) -> None:
    if fresh_engine.dialect.name != "sqlite":
        return
    assert level(database.findings(fresh_engine), "The journal mode is WAL") == "ok"
    fresh_engine.dispose()
    assert fresh_engine.url.database
    with closing(sqlite3.connect(fresh_engine.url.database)) as connection:
        connection.execute("pragma journal_mode = delete")
    elsewhere = create_engine(fresh_engine.url)  # db.connect() turns WAL on, where the disk allows it
    assert level(database.findings(elsewhere), "The journal mode is delete, not WAL") == "warning"
    elsewhere.dispose()


def test_without_an_administrator_nobody_can_begin(session: Any, clock: Any) -> None:
    assert level(state.findings(session, clock()), "No administrator can sign in.") == "problem"


def test_messages_that_wait_for_long_mean_that_no_worker_runs(begin: Any, session: Any, clock: Any) -> None:
    office = company.Desk(begin, clock)
    assert level(state.findings(session, clock()), "No message waits.") == "ok"
    office.incident()
    assert level(state.findings(session, clock()), "2 messages wait, none for longer than 5 minutes") == "ok"
    clock.tick(minutes=90)
    assert level(state.findings(session, clock()), "should have gone 90 minutes ago") == "problem"


def test_a_message_behind_one_that_is_tried_later_is_not_late(begin: Any, session: Any, clock: Any) -> None:
    company.Desk(begin, clock).incident()
    ids = sorted(session.scalars(text("select id from outbox_message")))
    with begin() as work:
        later = clock() + timedelta(hours=2)
        work.session.execute(update(OutboxMessage).where(OutboxMessage.id == ids[0]).values(next_at=later))
    clock.tick(minutes=90)
    assert level(state.findings(session, clock()), "2 messages wait, none") == "ok"


def test_undeliverable_messages_are_counted(begin: Any, session: Any, clock: Any) -> None:
    company.Desk(begin, clock).incident()
    with begin() as work:
        work.session.execute(update(OutboxMessage).values(state="dead"))
    assert level(state.findings(session, clock()), "2 could not be delivered.") == "warning"


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    in_the_way = tmp_path / "var"
    in_the_way.write_text("")
    assert level(surroundings.findings(settings(), in_the_way), "cannot be written") == "problem"
    assert level(surroundings.findings(settings(), tmp_path), "can be written") == "ok"


def test_keys_and_addresses_that_are_unsafe_are_named(tmp_path: Path) -> None:
    def asked(**values: str) -> dict[str, str]:
        return said(surroundings.findings(settings(**values), tmp_path))

    def found(words: str, **values: str) -> str:
        return next(each for text, each in asked(**values).items() if words in text)

    assert found("the key in var/secret-key") == "ok"
    assert found("the key in var/secret-key", database_url="postgresql://h/d") == "warning"
    assert found("has 5 characters", secret_key="short") == "problem"
    assert found("is not https", base_url="http://ratchet.example.com") == "warning"
    assert found("People reach Ratchet", base_url="https://ratchet.example.com") == "ok"
    assert found("which nobody else can reach", slack_token="xoxb-1") == "warning"


def test_every_wrong_setting_is_named_at_once_and_nothing_breaks() -> None:
    env = {**os.environ, "RATCHET_PROXIES": "many", "RATCHET_LOG_LEVEL": "loud", "RATCHET_SLCK_TOKEN": "x"}
    commands = (["-m", "app.cli.doctor"], ["-m", "flask", "--app", "wsgi", "doctor"])
    for command in commands:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        output = done.stdout + done.stderr
        assert done.returncode == 1
        assert "Traceback" not in output
        assert "RATCHET_PROXIES must be a whole number" in output
        assert "RATCHET_LOG_LEVEL must be one of" in output
        assert "RATCHET_SLCK_TOKEN is not a setting of Ratchet." in output


def test_the_doctor_runs_without_the_application(tmp_path: Path) -> None:
    env = {**os.environ, "RATCHET_DATABASE_URL": f"sqlite:///{tmp_path}/none.db"}
    done = subprocess.run(
        [sys.executable, "-m", "app.cli.doctor"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "The database is empty" in done.stdout
    assert done.stderr == ""


# Slack


def desk(answers: Answering | None = None, **values: str) -> Desk:
    told = {"base_url": "https://ratchet.example.com", "slack_token": "xoxb-1", **values}
    if answers:
        told |= {"slack_api_url": answers.api}
    return Desk(settings(**told), lambda: datetime.now(UTC))


def test_without_a_token_messages_are_kept_and_that_is_fine() -> None:
    assert level(slack.findings(desk(slack_token="")), "There is no token") == "ok"


def test_a_good_token_with_all_scopes_and_channels_is_fine() -> None:
    with answering() as answers:
        found = said(slack.findings(desk(answers, slack_app_token="xapp-1")))
    assert set(found.values()) == {"ok"}
    assert "Token: Signed in to Acme (https://acme.slack.com/) as ratchet." in found
    assert any("joins #engineering by itself" in words for words in found)


def test_what_costs_a_feature_is_a_warning_and_what_stops_everything_a_problem() -> None:
    with answering(conversations_list=say(200, {"ok": True, "channels": []})) as answers:
        given = EVERY_SCOPE.replace("im:write,", "")
        answers.replies["auth.test"] = say(200, SIGNED_IN, x_oauth_scopes=given)
        found = desk(answers)
        assert level(slack.findings(found), "no scope im:write: nobody is told in person") == "warning"
        assert level(slack.findings(found), "no such channel: #incidents") == "warning"
        assert level(slack.findings(found), "commands and clicks in Slack are not heard") == "warning"
        answers.replies["auth.test"] = say(200, SIGNED_IN, x_oauth_scopes="channels:read")
        assert level(slack.findings(found), "no scope chat:write: nothing can be sent") == "problem"


def test_a_token_that_slack_refuses_is_a_problem() -> None:
    with answering(auth_test=say(200, {"ok": False, "error": "invalid_auth"})) as answers:
        assert level(slack.findings(desk(answers)), "Slack refuses the token: invalid_auth.") == "problem"


def test_a_slack_that_does_not_answer_is_a_problem() -> None:
    told = desk(slack_api_url="http://127.0.0.1:1/api/")
    assert level(slack.findings(told), "Slack does not answer") == "problem"
