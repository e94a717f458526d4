"""Tokens and journals by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.models.automation import Evidence
from tests.api.machine import journal
from tests.cast import Cast, cast

__all__ = ["cast"]


def test_a_token_is_made_listed_used_and_revoked(run: Any, app: Flask, cast: Cast) -> None:
    done = run("token", "add", "Ana@cast.example", "--name", "CI of checkout", "--expires", "2027-01-31")
    assert done.exit_code == 0, done.output
    assert "CI of checkout, acts as Ana with the role responder, through 2027-01-31." in done.stderr
    secret = done.stdout.strip()
    assert secret.startswith("rtk_")
    (line,) = run("token", "list").stdout.splitlines()
    number, hint, name, email, role, state, until, used = line.split("\t")
    assert secret.startswith(hint.rstrip("…"))
    assert secret not in line
    assert (name, email, role) == ("CI of checkout", "ana@cast.example", "responder")
    assert (state, until, used) == ("live", "2027-01-31", "never used")
    headers = {"Authorization": f"Bearer {secret}"}
    app.test_client().get("/api/v1/teams", headers=headers).close()
    assert "2026-03-02 09:00" in run("token", "list").stdout
    assert "works no longer" in run("token", "revoke", number).stdout
    assert app.test_client().get("/api/v1/teams", headers=headers).status_code == 401
    assert "\trevoked\t" in run("token", "list").stdout


def test_a_role_that_is_left_out_is_no_higher_than_the_persons(run: Any, cast: Cast) -> None:
    assert "with the role viewer, until it is revoked" in run("token", "add", "dev@cast.example", "--name", "x").stderr
    assert "with the role owner" in run("token", "add", "ana@cast.example", "--name", "x", "--role", "owner").stderr


def test_without_tokens_the_list_says_how_to_make_one(run: Any, cast: Cast) -> None:
    assert "There is no token yet" in run("token", "list").output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "nobody@cast.example", "--name", "x"), "There is nobody with the address nobody@cast.example."),
        (("add", "dev@cast.example", "--name", "x", "--role", "owner"), "a token may do no more than its person"),
        (("add", "ana@cast.example", "--name", " "), "Say what the token is for"),
        (("add", "ana@cast.example", "--name", "x", "--expires", "2020-01-01"), "Choose a last day"),
        (("revoke", "999999"), "There is no such token"),
    ],
)
def test_what_is_not_possible_is_said_in_a_sentence(
    run: Any, cast: Cast, words: tuple[str, ...], sentence: str
) -> None:
    done = run("token", *words)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    "words", [("add", "ana@cast.example", "--name", "x", "--expires", "soon"), ("revoke", "9" * 30)]
)
def test_what_is_no_day_or_number_is_refused(run: Any, cast: Cast, words: tuple[str, ...]) -> None:
    assert run("token", *words).exit_code == 2


def test_a_journal_is_taken_from_a_file(run: Any, cast: Cast, tmp_path: Path) -> None:
    check = cast.check(cast.practice().number, "checkout bears a lost database", kind="experiment")
    file = tmp_path / "journal.json"
    file.write_text(json.dumps(journal()), encoding="utf-8")
    done = run("experiment", str(check.id), "checkout", str(file))
    assert done.exit_code == 0, done.output
    assert "checkout: pass. The steady state was met after the method." in done.output
    (kept,) = cast.look(lambda session: session.scalars(select(Evidence)).all())
    assert (kept.result, kept.by_id, kept.source) == ("pass", None, "Chaos Toolkit")
    assert "There is no such check" in run("experiment", "999999", "checkout", str(file)).output
    assert run("experiment", str(check.id), "nope", str(file)).exit_code == 1


@pytest.mark.parametrize(
    ("raw", "words"),
    [(b"{", "journal.json: file: is not JSON"), (b"\xff", "not a text in UTF-8"), (b"[]", "is no journal"),
     (b'{"status": "done"}', "the status must be one of completed")],
)  # fmt: skip
def test_a_file_that_is_no_journal(run: Any, cast: Cast, tmp_path: Path, raw: bytes, words: str) -> None:
    file = tmp_path / "journal.json"
    file.write_bytes(raw)
    done = run("experiment", "1", "checkout", str(file))
    assert done.exit_code == 1
    assert words in done.output
