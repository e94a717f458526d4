"""`flask slack`: the manifest on the way to Slack, and what is wrong with the connection."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import yaml
from click.testing import Result
from flask import Flask

from app.domain.people import RATCHET
from app.slack.installations import Installations
from app.workflow import catalog
from app.workflow.unit_of_work import UnitOfWork
from tests.cli.conftest import Run
from tests.slack.answering import Answering, answering, say
from tests.slack.settings import slack_settings
from tests.slack.test_installations import installation

PUBLIC = "https://ratchet.example.com"


@pytest.fixture
def slack() -> Iterator[Answering]:
    with answering() as made:
        yield made


@pytest.fixture
def check(app: Flask, run: Run, clock: Any) -> Callable[..., Result]:
    """`check(slack, "--validate", slack_token=…)`."""

    def go(slack: Answering, *words: str, **more: str) -> Result:
        parts = app.extensions["ratchet"]
        told = slack_settings(slack.api, more.pop("token", "xoxb-1-secret"), **more)
        app.extensions["ratchet"] = replace(parts, settings=told)
        return run("slack", "check", *words)

    return go


def test_the_manifest_is_printed_for_the_address_that_was_given(run: Run) -> None:
    done = run("slack", "manifest", "--url", f"{PUBLIC}/")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    told = yaml.safe_load(done.stdout)
    assert told["settings"]["event_subscriptions"]["request_url"] == f"{PUBLIC}/slack/events"
    assert json.loads(run("slack", "manifest", "--url", PUBLIC, "--json").stdout) == told


def test_one_click_is_one_line(run: Run) -> None:
    done = run("slack", "manifest", "--url", PUBLIC, "--link")
    assert done.stdout.startswith("https://api.slack.com/apps?new_app=1&manifest_yaml=")
    assert done.stdout.count("\n") == 1


def test_an_address_that_slack_cannot_reach_is_warned_of_and_not_in_socket_mode(run: Run) -> None:
    done = run("slack", "manifest")  # http://127.0.0.1:8000
    assert done.exit_code == 0
    assert "Slack cannot reach it" in done.stderr
    assert "Slack cannot reach it" not in done.stdout
    assert run("slack", "manifest", "--socket").stderr == ""
    assert "127.0.0.1" not in run("slack", "manifest", "--socket").stdout


@pytest.mark.parametrize("url", ["ratchet.example.com", "ftp://x", "https://", "https://x.example/?a=1", ""])
def test_what_is_no_address_is_refused_in_words(run: Run, url: str) -> None:
    done = run("slack", "manifest", "--url", url)
    assert done.exit_code == 2
    assert "must be an address such as https://ratchet.example.com" in done.output


def test_a_connection_with_faults_ends_with_one(slack: Answering, check: Callable[..., Result]) -> None:
    slack.replies["auth.test"] = say(200, {"ok": False, "error": "invalid_auth"})
    done = check(slack)
    assert done.exit_code == 1
    assert "wrong       Token: Slack refuses the token: invalid_auth." in done.output
    assert "Take the bot token" in done.output
    assert "xoxb-1" not in done.output


def test_a_team_s_channel_is_looked_for(slack: Answering, check: Callable[..., Result], begin: UnitOfWork) -> None:
    with begin() as work:
        for name in ("shop", "cart"):
            told = catalog.TeamTold(name=name, title=name.capitalize(), slack_channel="#shop")
            catalog.add_team(work, told, by=RATCHET)
    done = check(slack)
    assert "The app can see no such channel: #shop (team Cart, team Shop)." in done.output


def test_messages_are_validated_when_that_is_asked_for(slack: Answering, check: Callable[..., Result]) -> None:
    assert "Messages:" not in check(slack).output
    assert "kinds of message as they are" in check(slack, "--validate").output
    slack.replies["blocks.validate"] = say(200, {"ok": False, "error": "invalid_blocks", "errors": []})
    done = check(slack, "--validate")
    assert done.exit_code == 1
    assert "Slack refuses PracticeAccepted: invalid_blocks" in done.output


def test_an_installed_workspace_is_asked_with_its_own_token(
    slack: Answering, check: Callable[..., Result], app: Flask, begin: UnitOfWork
) -> None:
    Installations(begin, begin.sessions, app.config["SECRET_KEY"]).save(installation(bot_token="xoxb-installed"))
    done = check(slack, token="", slack_client_id="1.2", slack_client_secret="x")
    assert "Signed in to Acme" in done.output
    assert "1 installed so far" in done.output
    asked = [headers["Authorization"] for method, headers, _ in slack.asked if method == "auth.test"]
    assert asked == ["Bearer xoxb-installed"]
    assert "xoxb-installed" not in done.output
    Installations(begin, begin.sessions, "another key").save(installation("T2"))
    done = check(slack, token="", slack_client_id="1.2", slack_client_secret="x")
    assert "The token of Team T2 cannot be read" in done.output
