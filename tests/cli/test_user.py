"""People by the command line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.people import RATCHET
from app.models.person import Person
from app.web.auth import hasher
from app.wiring import build_app
from app.workflow import people
from config import Settings

ADD = ("user", "add", "Ana@Example.com", "--name", "Ana")


def ana(session: Session) -> Person:
    found = select(Person).where(Person.email == "ana@example.com").execution_options(populate_existing=True)
    return session.scalars(found).one()


def printed_password(output: str) -> str:
    found = re.search(r"Password: (\S+)", output)
    assert found is not None
    return found[1]


def test_the_first_person_is_an_administrator_with_a_password_that_is_printed_once(run: Any, session: Session) -> None:
    done = run(*ADD)
    assert done.exit_code == 0
    assert "Ana <ana@example.com> is added as administrator." in done.output
    assert hasher.verify(ana(session).password_hash, printed_password(done.output))
    assert "is added as responder" in run("user", "add", "ben@example.com", "--name", "Ben").output


def test_a_given_or_typed_password_is_not_printed(run: Any, session: Session) -> None:
    done = run(*ADD, "--password", "given by somebody")
    assert "Password:" not in done.output
    assert "given by" not in done.output
    assert hasher.verify(ana(session).password_hash, "given by somebody")
    done = run("user", "password", "ana@example.com", "--prompt", input="typed by somebody\ntyped by somebody\n")
    assert done.exit_code == 0
    assert "typed by" not in done.output
    assert hasher.verify(ana(session).password_hash, "typed by somebody")


def test_a_name_that_is_left_out_is_asked_for(run: Any, session: Session) -> None:
    assert run("user", "add", "ana@example.com", input="Ana Asked\n").exit_code == 0
    assert ana(session).name == "Ana Asked"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("user", "add", "ana@example.com", "--name", "Ana"), "There is a person with the address ana@example.com"),
        (("user", "add", "no address", "--name", "X"), "Give an e-mail address such as ana@example.com."),
        (("user", "add", "x@example.com", "--name", " "), "Give the name."),
        (("user", "add", "x@example.com", "--name", "X", "--password", "short"), "A password has 12 to 1,000"),
        (("user", "password", "nobody@example.com"), "There is nobody with the address nobody@example.com."),
        (("user", "role", "nobody@example.com", "owner"), "There is nobody with the address nobody@example.com."),
        (("user", "deactivate", "ana@example.com"), "Name another administrator first: this is the last one."),
        (("user", "role", "ana@example.com", "viewer"), "Name another administrator first: this is the last one."),
    ],
)
def test_what_is_not_possible_is_said_in_a_sentence(run: Any, words: tuple[str, ...], sentence: str) -> None:
    run(*ADD)
    done = run(*words)
    assert done.exit_code == 1
    assert f"Error: {sentence}" in done.output
    assert "Traceback" not in done.output


def test_a_role_that_does_not_exist_is_refused(run: Any) -> None:
    done = run(*ADD, "--role", "king")
    assert done.exit_code == 2
    assert "administrator" in done.output


def test_a_new_password_a_role_and_deactivation_end_sessions(run: Any, session: Session) -> None:
    run(*ADD)
    run("user", "add", "ben@example.com", "--name", "Ben", "--role", "administrator")
    password = printed_password(run("user", "password", "ANA@example.com").output)
    assert hasher.verify(ana(session).password_hash, password)
    assert ana(session).session_epoch == 1
    assert "Ana is now owner." in run("user", "role", "ana@example.com", "owner").output
    assert "Ana can sign in no longer." in run("user", "deactivate", "ana@example.com").output
    assert (ana(session).role, ana(session).is_active, ana(session).session_epoch) == ("owner", False, 3)
    assert "Ana can sign in again." in run("user", "activate", "ana@example.com").output


def test_everybody_is_listed(run: Any, begin: Any, clock: Any) -> None:
    assert "There is nobody yet" in run("user", "list").output
    run(*ADD)
    with begin() as work:
        for number in range(55):  # more than a page
            address = f"p{number}@example.com"
            people.add(work, email=address, name=f"P{number}", role="viewer", by=RATCHET, now=clock())
    lines = run("user", "list").output.splitlines()
    assert len(lines) == 56
    assert "viewer\tactive, no password" in lines[1]
    assert lines[0] == "ana@example.com\tAna\tadministrator\tactive\t"


def test_a_database_without_tables_is_said_to_need_migrating(bare_engine: Engine) -> None:
    settings = Settings.from_env({"RATCHET_SECRET_KEY": "tests", "RATCHET_LOG_LEVEL": "error"})
    done = build_app(settings, engine=bare_engine).test_cli_runner().invoke(args=["user", "list"])
    assert done.exit_code == 1
    assert "The database has no tables yet. Run: flask --app wsgi migrate" in done.output
