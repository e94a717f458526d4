"""Connecting Slack on the web: four steps, for administrators, without showing a secret."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.slack.installations import Installations
from app.wiring import build_app
from app.workflow.unit_of_work import UnitOfWork
from config import Settings
from tests.slack.answering import EVERY_SCOPE, SECRET, Answering, answering, say
from tests.slack.test_installations import installation
from tests.web.desk import Desk, post
from tests.web.practices import statements_of

URL = "/slack/setup"
TOKEN, APP_TOKEN, CLIENT_SECRET = "xoxb-very-secret", "xapp-very-secret", "client-very-secret"


@pytest.fixture
def slack() -> Iterator[Answering]:
    with answering() as made:
        yield made


@pytest.fixture
def as_(desk: Desk, sessions: sessionmaker[Session], engine: Engine, clock: Any) -> Callable[..., FlaskClient]:
    """`as_("Ada", slack_token=…)`: a client of a Ratchet with these settings."""

    def client(name: str, **told: str) -> FlaskClient:
        env = {"secret_key": "tests", "log_level": "error", "base_url": "https://ratchet.example.com", **told}
        settings = Settings.from_env({f"RATCHET_{key.upper()}": value for key, value in env.items()})
        made = build_app(settings, engine=engine, sessions=sessions, clock=clock)
        made.config["SESSION_COOKIE_SECURE"] = False  # the test client speaks http
        client = made.test_client()
        with client.session_transaction() as session:
            person = desk.people[name]
            session["_user_id"], session["_fresh"] = f"{person.id}.{person.session_epoch}", True
        return client

    return client


def manifest_on(page: str) -> Any:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found
    return yaml.safe_load(html.unescape(found[1]))


def test_only_administrators_connect_slack(as_: Callable[..., FlaskClient], slack: Answering) -> None:
    for name in ("Ana", "Cleo", "Dev"):
        client = as_(name, slack_token=TOKEN, slack_api_url=slack.api)
        assert client.get(URL).status_code == 403
        assert "Only administrators may connect Slack." in client.get(URL).text
        assert post(client, URL, page="/account").status_code == 403
    assert slack.asked == []


def test_a_stranger_is_asked_to_sign_in(app: Flask) -> None:
    assert "/sign-in" in app.test_client().get(URL).headers["Location"]


def test_the_app_is_created_with_one_click_or_by_hand(as_: Callable[..., FlaskClient]) -> None:
    page = as_("Ada").get(URL).text
    told = manifest_on(page)
    assert told["settings"]["interactivity"]["request_url"] == "https://ratchet.example.com/slack/events"
    link = re.search(r'href="(https://api\.slack\.com/apps\?new_app=1[^"]*)"', page)
    assert link
    query = parse_qs(urlsplit(html.unescape(link[1])).query)
    assert yaml.safe_load(query["manifest_yaml"][0]) == told
    assert "readonly" in page
    assert "channels:history" in page
    assert "so that nothing is posted twice" in page


def test_each_way_has_its_manifest_and_its_values(as_: Callable[..., FlaskClient]) -> None:
    ada = as_("Ada")
    assert manifest_on(ada.get(f"{URL}?way=http").text)["settings"]["socket_mode_enabled"] is False
    page = ada.get(f"{URL}?way=socket").text
    assert manifest_on(page)["settings"]["socket_mode_enabled"] is True
    assert "flask --app wsgi slack socket" in page
    assert manifest_on(ada.get(f"{URL}?way=%00<x>").text) == manifest_on(ada.get(URL).text)
    assert manifest_on(as_("Ada", slack_app_token=APP_TOKEN).get(URL).text)["settings"]["socket_mode_enabled"] is True


def test_an_address_that_slack_cannot_reach_is_warned_of(as_: Callable[..., FlaskClient]) -> None:
    ada = as_("Ada", base_url="http://127.0.0.1:8000")
    assert "Slack cannot reach it" in ada.get(URL).text
    assert "Slack cannot reach it" not in ada.get(f"{URL}?way=socket").text


def test_values_are_set_or_not_and_never_shown(as_: Callable[..., FlaskClient], slack: Answering) -> None:
    told = {
        "slack_token": TOKEN, "slack_signing_secret": SECRET, "slack_app_token": APP_TOKEN, "slack_client_id": "1.2",
        "slack_client_secret": CLIENT_SECRET, "slack_api_url": slack.api, "base_url": slack.base,
    }  # fmt: skip
    ada = as_("Ada", **told)
    pages = ada.get(URL).text + post(ada, URL).text
    assert not any(secret in pages for secret in (TOKEN, SECRET, APP_TOKEN, CLIENT_SECRET))
    assert pages.count("Not set") == 0
    bare = as_("Ada").get(URL).text
    assert bare.count("Not set") == 2
    assert bare.count("Not needed") == 3


def test_the_button_says_what_is_wrong_and_how_to_mend_it(as_: Callable[..., FlaskClient], slack: Answering) -> None:
    slack.replies["auth.test"] = say(200, {"ok": False, "error": "<script>invalid"})
    answer = post(as_("Ada", slack_token=TOKEN, slack_api_url=slack.api), URL)
    assert answer.status_code == 200
    assert "Slack refuses the token: &lt;script&gt;invalid." in answer.text
    assert "Take the bot token" in answer.text
    for word in ("Wrong", "Right", "Not needed"):
        assert f"</svg>{word}</span>" in answer.text
    assert "Test again" in answer.text
    assert "Begin with the first" in answer.text


def test_a_good_connection_says_what_to_try_next(as_: Callable[..., FlaskClient], slack: Answering) -> None:
    told = {"slack_token": TOKEN, "slack_app_token": APP_TOKEN, "slack_command": "/learn", "slack_api_url": slack.api}
    slack.replies["auth.test"] = say(
        200, {"ok": True, "team": "Acme"}, x_oauth_scopes=EVERY_SCOPE, Date="Mon, 02 Mar 2026 09:00:00 GMT"
    )
    answer = post(as_("Ada", **told), URL)
    assert "Signed in to Acme" in answer.text
    assert "Nothing is wrong." in answer.text
    assert "<code>/learn help</code>" in answer.text


def test_nothing_is_tested_by_looking(as_: Callable[..., FlaskClient], slack: Answering) -> None:
    ada = as_("Ada", slack_token=TOKEN, slack_api_url=slack.api)
    ada.get(URL)
    assert slack.asked == []
    assert ada.post(URL).status_code == 400  # without the token of the form
    assert slack.asked == []


def test_workspaces_are_listed_where_there_may_be_several(as_: Callable[..., FlaskClient], begin: UnitOfWork) -> None:
    oauth = {"slack_client_id": "1.2", "slack_client_secret": CLIENT_SECRET}
    assert "/slack/install" not in as_("Ada").get(URL).text
    assert "installed in none yet" in as_("Ada", **oauth).get(URL).text
    Installations(begin, begin.sessions, "tests").save(installation(team_name="Acme <b>", bot_token=TOKEN))
    Installations(begin, begin.sessions, "another key").save(installation("T2"))
    page = as_("Ada", **oauth).get(URL).text
    assert "Acme &lt;b&gt;, since 2 Mar 2026" in page
    assert page.count("Cannot be read: install it again") == 1
    assert 'href="/slack/install"' in page
    assert TOKEN not in page
    assert manifest_on(page)["oauth_config"]["redirect_urls"] == ["https://ratchet.example.com/slack/oauth_redirect"]


def test_the_page_asks_a_fixed_number_of_questions(as_: Callable[..., FlaskClient], engine: Engine) -> None:
    ada = as_("Ada")
    ada.get(URL)
    assert statements_of(engine, lambda: ada.get(URL)) <= 4
