"""The checks of the connection: each names what is wrong, says how to mend it, waits not long, and never raises."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient
from slack_sdk.models.views import View
from werkzeug.serving import make_server

from app.slack import inputs
from app.slack.setup import checks, echo, sample_views, samples, validate
from app.slack.setup.asking import Asking
from app.slack.setup.channels import Wanted
from app.slack.setup.hearing import OURS, Hearing
from app.slack.setup.known import Known
from app.slack.setup.result import RIGHT, UNKNOWN, UNNEEDED, WRONG, Result
from app.slack.setup.secret import form
from app.slack.verbs import FORMS
from tests import local_slack
from tests.slack.answering import CHANNELS, EVERY_SCOPE, SECRET, SIGNED_IN, Answering, Reply, answering, say, stall
from tests.slack.by_blockkit import agrees_with_home, agrees_with_modal
from tests.slack.settings import slack_settings

TOKEN = "xoxb-1-very-secret"
WANTED = (Wanted("#incidents", "RATCHET_SLACK_INCIDENTS_CHANNEL"), Wanted("#engineering", "team Shop"))


def now() -> datetime:
    return datetime.now(UTC)


def known(url: str, *, channels: tuple[Wanted, ...] = WANTED, hearing: Hearing | None = None, **more: str) -> Known:
    told = {"base_url": "https://ratchet.example.com", **more}  # without a secret our own address is not asked
    settings = slack_settings(url, told.pop("token", TOKEN), **told)
    return Known(
        settings=settings, token=settings.slack_token or None, is_installed=False, channels=channels, workspaces=(),
        clock=now, hearing=hearing or Hearing(),
    )  # fmt: skip


@pytest.fixture
def slack() -> Iterator[Answering]:
    with answering() as made:
        yield made


def results(of: Known) -> list[Result]:
    found = list(checks.check(of))
    assert all(each.mend for each in found if each.outcome in (WRONG, UNKNOWN))
    assert not any(secret in str(each) for each in found for secret in (TOKEN, SECRET))
    return found


def one(of: Known, name: str) -> Result:
    found = [each for each in results(of) if each.name == name]
    assert found, f"nothing about {name}"
    return next((each for each in found if each.outcome == WRONG), found[0])


def test_a_good_connection_has_nothing_wrong_but_an_address_at_home(slack: Answering) -> None:
    slack.replies["events"] = lambda handler, asked: say(200, asked.decode())(handler, asked)
    found = results(known(slack.api, slack_signing_secret=SECRET, base_url=slack.base))
    assert [each.name for each in found if each.outcome not in (RIGHT, UNNEEDED)] == ["Address"]
    words = " ".join(each.words for each in found)
    assert "Signed in to Acme (https://acme.slack.com/) as ratchet." in words
    assert "Ratchet is in #incidents." in words
    assert "Ratchet joins #engineering by itself, with its first message there." in words
    assert "The token has every scope that is used." in words


def test_without_a_token_nothing_is_asked_and_nothing_is_wrong(slack: Answering) -> None:
    found = results(known(slack.api, token="", slack_signing_secret=""))
    assert {each.outcome for each in found} <= {UNNEEDED, RIGHT}
    assert slack.asked == []


@pytest.mark.parametrize(
    ("token", "error", "words"),
    [
        ("xoxb-1", "invalid_auth", "not a token of this Slack"),
        ("xapp-1", "not_allowed_token_type", "holds an app-level token"),
        ("xoxp-1", "invalid_auth", "holds the token of a person"),
        ("xoxb-1", "token_revoked", "was revoked"),
        ("xoxb-1", "account_inactive", "was removed from the workspace"),
        ("xoxb-1", "something_new", "something_new"),
    ],
)
def test_a_refused_token_is_wrong_and_nothing_more_is_asked(token: str, error: str, words: str) -> None:
    with answering(auth_test=say(200, {"ok": False, "error": error})) as slack:
        found = one(known(slack.api, token=token), "Token")
        assert slack.methods() == ["auth.test"]
    assert found.outcome == WRONG
    assert words in found.words
    assert "OAuth & Permissions" in found.mend


def test_a_token_of_a_person_is_named_though_slack_takes_it(slack: Answering) -> None:
    found = one(known(slack.api, token="xoxp-1"), "Token")
    assert (found.outcome, found.is_bearable) == (WRONG, True)
    assert "holds the token of a person" in found.words


def test_an_installed_workspace_is_told_to_install_again() -> None:
    with answering(auth_test=say(200, {"ok": False, "error": "token_revoked"})) as slack:
        found = one(replace(known(slack.api), is_installed=True), "Token")
    assert "/slack/install" in found.mend


@pytest.mark.parametrize(
    "reply",
    [
        say(500, "<html>oh no</html>"), say(200, "not json"), say(200, []), say(200, "null"), say(200, ""),
        say(302, "", Location="https://elsewhere.invalid/"), say(404, "gone"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["auth_test", "conversations_list", "apps_connections_open"])
def test_answers_that_make_no_sense_raise_nothing(method: str, reply: Reply) -> None:
    with answering(**{method: reply}) as slack:
        found = results(known(slack.api, slack_app_token="xapp-1"))
    assert {each.outcome for each in found} & {WRONG, UNKNOWN}


def test_a_slack_that_cannot_be_reached_is_asked_once() -> None:
    found = one(known("http://127.0.0.1:1/api"), "Token")
    assert found.outcome == WRONG
    assert found.words.startswith("Slack does not answer: ")
    assert "<urlopen" not in found.words
    assert "Messages wait" in found.mend


def test_a_slack_that_stalls_costs_a_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.slack.setup.asking.WAIT_SECONDS", 0.2)
    with answering(auth_test=stall(2)) as slack:
        began = time.monotonic()
        assert one(known(slack.api), "Token").outcome == WRONG
    assert time.monotonic() - began < 1.5


def test_patience_that_slack_asks_for_is_not_an_error() -> None:
    limited = say(429, {"ok": False, "error": "ratelimited"}, Retry_After="17")
    with answering(conversations_list=limited) as slack:
        found = results(known(slack.api))
    told = {each.name: each for each in found}
    assert told["Channels"].outcome == UNKNOWN
    assert told["Rate"].outcome == UNKNOWN
    assert "17 seconds" in told["Rate"].words
    with answering(auth_test=limited) as slack:
        assert one(known(slack.api), "Token").outcome == UNKNOWN


def test_missing_scopes_say_what_goes_without_them(slack: Answering) -> None:
    given = EVERY_SCOPE.replace("im:write,", "").replace("users:read.email,", "")
    slack.replies["auth.test"] = say(200, SIGNED_IN, x_oauth_scopes=given)
    found = one(known(slack.api), "Scopes")
    assert (found.outcome, found.is_bearable) == (WRONG, True)
    assert "no scope im:write: nobody is told in person." in found.words
    assert "Add im:write, users:read.email at" in found.mend
    slack.replies["auth.test"] = say(200, SIGNED_IN, x_oauth_scopes="users:read")
    assert one(known(slack.api), "Scopes").is_bearable is False
    slack.replies["auth.test"] = say(200, SIGNED_IN)
    assert one(known(slack.api), "Scopes").outcome == UNKNOWN


def test_a_clock_that_is_wrong_is_named_before_it_refuses_slack(slack: Answering) -> None:
    late = replace(known(slack.api), clock=lambda: now() - timedelta(minutes=7))
    found = one(late, "Clock")
    assert found.outcome == WRONG
    assert "NTP" in found.mend
    assert not any(each.name == "Clock" for each in results(known(slack.api)))


@pytest.mark.parametrize(
    ("secret", "outcome", "words"),
    [
        (SECRET, RIGHT, "has the form"),
        (f"{SECRET}, {SECRET[::-1]}", RIGHT, "leave the old one out"),
        ("", WRONG, "not heard"),
        (SECRET[:-1], WRONG, "32 characters"),
        (f"{SECRET},oops", WRONG, "32 characters"),
        ("xoxb-1", WRONG, "is a token"),
    ],
)
def test_the_signing_secret_has_the_form_of_one(secret: str, outcome: str, words: str) -> None:
    found = form(slack_settings(slack_signing_secret=secret), is_connected=True)
    assert found.outcome == outcome
    assert words in found.words


def test_socket_mode_needs_neither_secret_nor_address(slack: Answering) -> None:
    of = known(slack.api, slack_signing_secret="", slack_app_token="xapp-1", base_url="http://10.0.0.8")
    told = {each.name: each.outcome for each in results(of)}
    assert told["Signing secret"] == told["Address"] == UNNEEDED
    assert told["App token"] == RIGHT


def test_an_app_token_is_tried(slack: Answering) -> None:
    assert one(known(slack.api, slack_app_token="xoxb-2"), "App token").outcome == WRONG
    assert "apps.connections.open" not in slack.methods()
    slack.replies["apps.connections.open"] = say(200, {"ok": False, "error": "invalid_auth"})
    found = one(known(slack.api, slack_app_token="xapp-2"), "App token")
    assert found.outcome == WRONG
    assert "connections:write" in found.mend
    asked = [headers for method, headers, _ in slack.asked if method == "apps.connections.open"]
    assert asked[0]["Authorization"] == "Bearer xapp-2"


def test_an_address_that_slack_cannot_reach_is_wrong(slack: Answering) -> None:
    assert one(known(slack.api, base_url="http://127.0.0.1:8000"), "Address").outcome == WRONG
    assert one(known(slack.api), "Address").outcome == RIGHT


def test_half_of_the_values_for_several_workspaces_is_wrong(slack: Answering) -> None:
    assert "CLIENT_SECRET is not set" in one(known(slack.api, slack_client_id="1.2"), "Several workspaces").words
    both = {"slack_client_id": "1.2", "slack_client_secret": "x"}
    assert one(known(slack.api, **both), "Several workspaces").outcome == RIGHT
    found = one(known(slack.api, base_url="http://ratchet.example.com", **both), "Several workspaces")
    assert "does not come back" in found.words


# Channels


def listed(*channels: dict[str, Any], cursor: str = "") -> Reply:
    return say(200, {"ok": True, "channels": list(channels), "response_metadata": {"next_cursor": cursor}})


def test_channels_that_are_missing_archived_or_closed_are_named(slack: Answering) -> None:
    slack.replies["conversations.list"] = listed(
        {"id": "C1", "name": "incidents", "is_member": True},
        {"id": "C2", "name": "old", "is_archived": True},
        {"id": "C3", "name": "closed", "is_private": True, "is_member": False},
    )
    wanted = tuple(Wanted(each, f"team {each}") for each in ("#incidents", "#old", "#closed", "#none", "C3", "closed"))
    found = [each for each in results(known(slack.api, channels=wanted)) if each.name == "Channels"]
    words = " ".join(each.words for each in found)
    assert "The app can see no such channel: #none (team #none)." in words
    assert "Archived: #old (team #old)." in words
    assert "Ratchet is not in #closed (team #closed), C3 (team C3), closed (team closed)" in words
    assert [each.outcome for each in found] == [RIGHT, WRONG, WRONG, WRONG]
    assert "/invite @ratchet" in " ".join(each.mend for each in found)


def test_without_channels_join_ratchet_must_be_invited(slack: Answering) -> None:
    slack.replies["auth.test"] = say(200, SIGNED_IN, x_oauth_scopes=EVERY_SCOPE.replace("channels:join,", ""))
    found = [each for each in results(known(slack.api)) if each.name == "Channels" and each.outcome == WRONG]
    assert ["/invite" in each.mend for each in found] == [True]
    assert "#engineering" in found[0].words


def test_a_channel_that_was_archived_and_made_anew_is_there(slack: Answering) -> None:
    slack.replies["conversations.list"] = listed(
        {"id": "C1", "name": "incidents", "is_archived": True}, {"id": "C2", "name": "incidents", "is_member": True}
    )
    assert one(known(slack.api, channels=WANTED[:1]), "Channels").outcome == RIGHT


def test_a_company_with_many_channels_and_teams_reads_a_few_lines(slack: Answering) -> None:
    slack.replies["conversations.list"] = listed(*({"id": f"C{n}", "name": f"team-{n}"} for n in range(300)))
    wanted = tuple(Wanted(f"#team-{n}", f"team {n}") for n in range(400))
    found = [each for each in results(known(slack.api, channels=wanted)) if each.name == "Channels"]
    assert [each.outcome for each in found] == [RIGHT, WRONG]
    assert "#team-9 and 290 more" in found[0].words
    assert "#team-309 (team 309) and 90 more" in found[1].words


def test_a_list_without_end_is_not_read_to_its_end(slack: Answering) -> None:
    slack.replies["conversations.list"] = listed({"id": "C9", "name": "other"}, cursor="more")
    found = one(known(slack.api), "Channels")
    assert found.outcome == UNKNOWN
    assert slack.methods().count("conversations.list") == 15


def test_private_channels_are_asked_for_only_where_that_is_allowed(slack: Answering) -> None:
    slack.replies["auth.test"] = say(200, SIGNED_IN, x_oauth_scopes=EVERY_SCOPE.replace("groups:read,", ""))
    results(known(slack.api))
    asked = next(body for method, _, body in slack.asked if method == "conversations.list")
    assert b"private_channel" not in asked
    slack.replies["auth.test"] = say(200, SIGNED_IN, x_oauth_scopes=EVERY_SCOPE.replace("channels:read,", ""))
    assert one(known(slack.api), "Channels").outcome == UNKNOWN


# Requests that came in


def test_a_request_that_was_refused_is_shown_until_one_is_taken(slack: Answering) -> None:
    hearing = Hearing()
    assert not any(each.name == "Requests of Slack" for each in results(known(slack.api, hearing=hearing)))
    hearing.refused(now(), "its signature does not fit")
    found = one(known(slack.api, hearing=hearing), "Requests of Slack")
    assert found.outcome == WRONG
    assert "because its signature does not fit" in found.words
    hearing.took(now() + timedelta(seconds=1))
    assert one(known(slack.api, hearing=hearing), "Requests of Slack").outcome == RIGHT
    hearing.refused(now() + timedelta(seconds=2), "it has no signature")  # anybody can send that
    found = [each.outcome for each in results(known(slack.api, hearing=hearing)) if each.name == "Requests of Slack"]
    assert found == [RIGHT, UNKNOWN]


# Our own address, with slack-bolt behind it


class Ours:
    """bolt as Ratchet has it, at an address; `alter` is a proxy in front of it."""

    def __init__(self, secret: str, alter: Any = lambda body: body) -> None:
        bolt = App(client=WebClient("xoxb-1"), signing_secret=secret, token_verification_enabled=False)
        flask, handler = Flask("ours"), SlackRequestHandler(bolt)
        self.ours: list[str | None] = []

        @flask.post("/slack/events")
        def events() -> Any:
            self.ours.append(request.headers.get(OURS))
            body = alter(request.get_data())
            with flask.test_request_context("/slack/events", method="POST", data=body, headers=dict(request.headers)):
                return handler.handle(request)

        self._server = make_server("127.0.0.1", 0, flask, threaded=True)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def asked(base_url: str, secret: str = SECRET) -> Result:
    (found,) = echo.check(slack_settings(base_url=base_url, slack_signing_secret=secret), now)
    assert SECRET not in str(found)
    return found


def test_our_own_door_is_found_at_its_address() -> None:
    ours = Ours(SECRET)
    try:
        found = asked(ours.base)
        assert found.outcome == RIGHT, found
        assert ours.ours == ["1"]
    finally:
        ours.close()


def test_another_secret_in_the_running_process_is_found() -> None:
    ours = Ours(SECRET[::-1])
    try:
        found = asked(ours.base)
    finally:
        ours.close()
    assert found.outcome == WRONG
    assert "Restart every web process" in found.mend


def test_a_proxy_that_alters_bodies_is_found() -> None:
    ours = Ours(SECRET, alter=lambda body: body.replace(b" ", b""))
    try:
        found = asked(ours.base)
    finally:
        ours.close()
    assert found.outcome == WRONG
    assert "unchanged" in found.mend


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (say(404, "no"), "There is nothing at"),
        (say(302, "", Location="https://sso.example.com/login"), "sends on to https://sso.example.com/login"),
        (say(502, "<html>"), "answers with an error (502)"),
        (say(200, "<html>Welcome to nginx</html>"), "is not ours (200)"),
        (say(200, {"challenge": "another"}), "is not ours (200)"),
        (say(403, "forbidden"), "refuses a request"),
    ],
)
def test_an_address_where_something_else_answers_is_found(reply: Reply, words: str) -> None:
    with answering(events=reply) as other:
        found = asked(other.base)
    assert found.outcome == WRONG
    assert words in found.words


def test_an_address_where_nobody_answers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked("http://127.0.0.1:1")
    assert found.outcome == WRONG
    assert "Nobody listens" in found.words or "Nothing listens" in found.words
    monkeypatch.setattr(echo, "WAIT_SECONDS", 0.2)
    with answering(events=stall(2)) as slow:
        found = asked(slow.base)
    assert found.outcome == UNKNOWN
    assert "Try it from outside" in found.mend
    found = asked("https://ratchet.invalid")
    assert "Nobody knows the name ratchet.invalid" in found.words


def test_each_of_two_secrets_is_tried() -> None:
    ours = Ours(SECRET)
    try:
        told = slack_settings(base_url=ours.base, slack_signing_secret=f"{SECRET},{SECRET[::-1]}")
        assert [each.outcome for each in echo.check(told, now)] == [RIGHT, WRONG]
    finally:
        ours.close()


def test_behind_a_firewall_our_address_is_not_asked() -> None:
    told = slack_settings(base_url="http://10.0.0.8", slack_signing_secret=SECRET, slack_app_token="xapp-1")
    assert list(echo.check(told, now)) == []


# Slack's validator


def validated(slack: Answering, slept: list[float] | None = None) -> list[Result]:
    told = slack_settings(slack.api)
    sleep = (slept if slept is not None else []).append
    return list(validate.validate(Asking(told, TOKEN), samples.samples(told.base_url), sleep=sleep))


def test_every_kind_of_message_is_shown_to_slack_s_validator(slack: Answering) -> None:
    (found,) = validated(slack)
    assert found.outcome == RIGHT
    told = list(samples.samples("https://ratchet.example.com"))
    assert f"forms and kinds of message as they are: {len(told)}." in found.words
    assert slack.methods() == ["blocks.validate"] * len(told)


def test_every_form_and_the_home_is_among_them_filled_and_as_others_read_slack_s_rules() -> None:
    views = {
        each.name: each.body["view"] for each in samples.samples("https://ratchet.example.com") if "view" in each.body
    }
    assert set(sample_views.FILLED) == set(FORMS)
    assert set(views) == {*(f"the form of {name}" for name in FORMS), "the home", "the empty home"}
    for name, view in views.items():
        if view["type"] == "home":
            agrees_with_home(view["blocks"])
        else:
            agrees_with_modal(view)
            View(**view).validate_json()
            held = [each["element"] for each in view["blocks"] if each["type"] == "input"]
            filled = [each for each in held if any(key.startswith("initial_") for key in each)]
            assert len(filled) >= len(held) / 2, f"{name} is shown without what it may hold"


def test_every_kind_of_field_is_shown_to_the_validator_with_something_in_it() -> None:
    shown = {
        (block["element"]["type"], key)
        for each in samples.samples("https://ratchet.example.com")
        for block in each.body.get("view", {}).get("blocks", ())
        if block["type"] == "input"
        for key in block["element"]
        if key.startswith("initial_")
    }
    made = [
        inputs.text("a", "A", "x"), inputs.choice("a", "A", [("x", "X")], "x"),
        inputs.lookup("a", "A", "service", [("x", "X")]),
        inputs.lookup("a", "A", "service", [("x", "X")], is_many=True), inputs.person("a", "A", "U1"),
        inputs.day("a", "A", now().date()), inputs.instant("a", "A", now()), inputs.tick("a", "A", "X", is_ticked=True),
    ]  # fmt: skip
    known = {(each["element"]["type"], key) for each in made for key in each["element"] if key.startswith("initial_")}
    assert shown == known


def test_a_form_that_slack_refuses_is_named_with_a_way_around_it(slack: Answering) -> None:
    slack.replies["blocks.validate"] = say(200, {"ok": False, "error": "invalid_view", "errors": []})
    (found,) = [each for each in validated(slack) if "the form of declare" in each.words]
    assert "on the web" in found.mend


def test_what_the_validator_refuses_is_named(slack: Answering) -> None:
    slack.replies["blocks.validate"] = say(
        200, {"ok": False, "error": "invalid_blocks", "errors": [{"pointer": "/0/text", "message": "is too long"}]}
    )
    found = validated(slack)
    assert {each.outcome for each in found} == {WRONG}
    assert "Slack refuses IncidentDeclared: /0/text is too long" in [each.words for each in found]


def test_a_slack_that_cannot_validate_is_not_wrong(slack: Answering) -> None:
    slack.replies["blocks.validate"] = say(200, {"ok": False, "error": "unknown_method"})
    (found,) = validated(slack)
    assert found.outcome == UNKNOWN
    assert slack.methods() == ["blocks.validate"]


def test_the_validator_s_patience_is_respected(slack: Answering) -> None:
    slack.replies["blocks.validate"] = say(429, {"ok": False, "error": "ratelimited"}, Retry_After="9000")
    slept: list[float] = []
    (found,) = validated(slack, slept)
    assert found.outcome == UNKNOWN
    assert slept == [30, 30]


# A Slack that others wrote


def test_against_a_slack_that_others_wrote(tmp_path: Path) -> None:
    with local_slack.running(tmp_path) as slack:
        of = known(slack.url, token=local_slack.TOKEN, slack_app_token="xapp-test-token")
        told = {each.name: each for each in results(of)}
        assert told["Token"].outcome == RIGHT, told["Token"]
        assert told["Scopes"].outcome == UNKNOWN  # it does not say
        assert told["Channels"].outcome == RIGHT
        assert told["App token"].outcome == RIGHT
        assert [each.outcome for each in validate.validate(Asking(of.settings, local_slack.TOKEN), list(
            samples.samples(of.settings.base_url))[:2])] == [UNKNOWN]  # fmt: skip


def test_the_channels_of_the_examples_are_those_of_the_defaults() -> None:
    assert [f"#{each['name']}" for each in CHANNELS["channels"]] == [each.channel for each in WANTED]
