"""The door of Slack: what is let in, what is refused, and that nothing is done twice or lost."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from app.db import reading
from app.domain.people import Actor
from app.models.incident import Incident
from app.models.person import Person
from app.models.slack import SlackReceipt, SlackRequest
from app.workflow import incident, slack_account
from app.workflow.incident import Told
from tests.slack.talking import SECRET, Talk, Workspace

FORM = "application/x-www-form-urlencoded"


def declared(talk: Talk, **told: Any) -> Incident:
    with talk.parts.read() as session:
        ana = session.scalars(select(Person).where(Person.name == "Ana")).one()
    with talk.parts.begin() as work:
        about = Told(
            **{"title": "Checkout is down", "severity": "SEV2", "service_ids": [1], "commander_id": ana.id, **told}
        )
        return incident.declare(work, about, by=Actor(ana.id, "Ana", "owner"), now=talk.parts.clock())


AGO, AHEAD = "six minutes ago", "in six minutes"
NOT_SIGNED = [  # the time, the secret, the signature, and why it is refused
    (None, "another secret", "", "its signature does not fit"),
    (None, SECRET, "v0=", "its signature does not fit"),
    (None, SECRET, "ü", "its signature does not fit"),
    ("soon", SECRET, "", "it has no time"),
    ("", SECRET, "", "it has no time"),
    ("-1", SECRET, "", "it has no time"),
    ("9" * 400, SECRET, "", "it has no time"),
    ("1", SECRET, "", "it is older than five minutes"),
    (AGO, SECRET, "", "it is older than five minutes"),
    (AHEAD, SECRET, "", "it is older than five minutes"),
]


def test_what_slack_has_not_just_signed_is_refused(talk: Talk, workspace: Workspace) -> None:
    times = {AGO: str(int(time.time()) - 360), AHEAD: str(int(time.time()) + 360)}
    for case in NOT_SIGNED:
        at, secret, sign, because = case
        answer = talk.post("command=%2Fratchet&team_id=T1", FORM, at=times.get(at or "", at), secret=secret, sign=sign)
        assert answer.status_code == 401, case
        assert answer.content_type == "application/problem+json", case
        assert because in answer.json["detail"], case
    assert not workspace.said


def test_without_a_signing_secret_nobody_is_let_in(fresh_engine: Engine, workspace: Workspace) -> None:
    talk = Talk(fresh_engine, workspace, RATCHET_SLACK_SIGNING_SECRET="")
    assert talk.post("team_id=T1", FORM).status_code == 401
    assert talk.post("team_id=T1", FORM, secret="").status_code == 401


def test_while_the_secret_is_replaced_both_are_good(fresh_engine: Engine, workspace: Workspace) -> None:
    talk = Talk(fresh_engine, workspace, RATCHET_SLACK_SIGNING_SECRET=f"new, {SECRET}")
    body = json.dumps({"type": "url_verification", "challenge": "abc"})
    for secret in ("new", SECRET):
        answer = talk.post(body, "application/json", secret=secret)
        assert (answer.status_code, answer.get_data(as_text=True)) == (200, '{"challenge": "abc"}')


def test_another_workspace_is_refused_whatever_shape_it_comes_in(talk: Talk, workspace: Workspace) -> None:
    assert talk.command("checkout is down", team_id="T2").status_code == 403
    assert talk.event({"type": "app_mention", "user": "U0ANA", "text": "hi"}, team="T2").status_code == 403
    told = json.dumps({"type": "block_actions", "team": {"id": "T2"}, "user": {"id": "U0ANA"}, "actions": [{}]})
    assert talk.post(f"payload={told}", FORM).status_code == 403
    assert not workspace.said


def test_a_stranger_learns_nothing_but_how_to_get_in(talk: Talk, workspace: Workspace) -> None:
    of = declared(talk)
    workspace.users["U0EVE"] = {
        "id": "U0EVE",
        "profile": {"email": "eve@elsewhere.example"},
        "is_email_confirmed": True,
    }
    for text in (f"show {of.number}", "mine", "find checkout", f"resolve {of.number} x"):
        talk.command(text, user="U0EVE")
        told = str(workspace.heard("respond", "views.update"))
        assert "Sign in and link it once: http://127.0.0.1:8000/slack/link?token=" in told
        assert "Checkout" not in told


def test_guests_and_bots_are_nobody_even_with_an_address_of_ours(talk: Talk, workspace: Workspace) -> None:
    for mark in ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted"):
        workspace.users["U0ANA"] = {**workspace.users["U0BEN"], "profile": {"email": "ana@example.com"}, mark: True}
        talk.command("mine")
        assert "may" in str(workspace.heard("respond")), mark
        with talk.parts.read() as session:
            assert session.scalar(select(func.count()).where(Person.slack_user_id.is_not(None))) == 0, mark


def test_an_address_that_slack_has_not_verified_matches_nobody(talk: Talk, workspace: Workspace) -> None:
    workspace.users["U0ANA"]["is_email_confirmed"] = False
    talk.command("mine")
    assert "link it once" in str(workspace.heard("respond"))


def test_resolving_by_command_and_form_leads_to_the_next_stage(talk: Talk, workspace: Workspace) -> None:
    of = declared(talk)
    assert talk.command(f"resolve {of.number} rolled back").status_code == 200
    assert "Loading" in str(workspace.heard("views.open"))
    view = workspace.heard("views.update")["view"]
    assert "rolled back" in [each["element"].get("initial_value") for each in view["blocks"] if each["type"] == "input"]
    refused = talk.submit(view, impact="")
    assert refused.json["response_action"] == "errors"
    assert refused.json["errors"]["impact"] == "State the impact: who could not do what."
    mended = talk.submit(view, impact="Nobody could pay")
    assert mended.json == {"response_action": "clear"}, mended.json
    assert "is resolved" in str(workspace.heard("chat.postEphemeral", "chat.postMessage"))
    with talk.parts.read() as session:
        assert session.get_one(Incident, of.id).stage == "review"


def test_the_same_form_sent_again_changes_nothing_more(talk: Talk, workspace: Workspace) -> None:
    of = declared(talk)
    talk.command(f"resolve {of.number} rolled back")
    view = workspace.heard("views.update")["view"]
    for _ in range(3):
        talk.submit(view, impact="x")
    with talk.parts.read() as session:
        assert session.get_one(Incident, of.id).stage == "review"
        assert session.scalar(select(func.count()).select_from(SlackReceipt)) == 1


def test_a_viewer_is_refused_whatever_they_click_or_send(talk: Talk, workspace: Workspace) -> None:
    of = declared(talk)
    only = "Only responders or owners or administrators may resolve an incident"
    talk.command(f"resolve {of.number} rolled back", user="U0VERA")
    assert only in str(workspace.heard("views.update"))
    talk.click("resolve", of.name, user="U0VERA")
    assert only in str(workspace.heard("views.update"))
    talk.command(f"resolve {of.number} rolled back")
    view = workspace.heard("views.update")["view"]
    assert only in str(talk.submit(view, user="U0VERA", impact="x").json["errors"])
    with talk.parts.read() as session:
        assert session.get_one(Incident, of.id).stage == "resolution"


def test_a_button_of_another_version_says_so(talk: Talk, workspace: Workspace) -> None:
    talk.click("explode", "INC-1")
    assert "another version of Ratchet" in str(workspace.heard("respond"))


def test_an_event_is_heard_once_however_often_it_is_sent(talk: Talk, workspace: Workspace) -> None:
    told = {"type": "app_mention", "user": "U0ANA", "text": "<@U0BOT> resolve", "channel": "C1", "ts": "1.2"}
    for _ in range(4):
        assert talk.event(told, event_id="Ev-1").status_code == 200
    workspace.heard("chat.postEphemeral")
    time.sleep(0.2)
    assert workspace.said == []


def test_bots_and_changes_of_messages_are_not_answered(talk: Talk, workspace: Workspace) -> None:
    told = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U0ANA", "text": "help", "ts": "1.2"}
    for more in ({"bot_id": "B1"}, {"subtype": "message_changed"}, {"user": None}):
        assert talk.event({**told, **more}).status_code == 200, more
    time.sleep(0.1)
    assert workspace.said == []


def test_what_a_dead_process_has_taken_is_done_by_another(talk: Talk, workspace: Workspace) -> None:
    of = declared(talk)
    bot = talk.bot
    bot.start = lambda _request: None  # the process dies after it has said that it has it
    assert talk.command(f"resolve {of.number} rolled back", response_url="").status_code == 200
    assert bot.recover() == 0  # its lease still runs
    with bot.inbox.engine.begin() as connection:
        connection.execute(update(SlackRequest).values(next_at=talk.parts.clock()))
    assert bot.recover() == 1
    assert workspace.heard("views.update", "chat.postEphemeral")
    assert bot.recover() == 0


def test_a_request_that_keeps_failing_is_given_up_and_told(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = talk.bot
    monkeypatch.setattr(bot, "_do", lambda _shape: 1 / 0)
    talk.command("mine")
    time.sleep(0.2)
    for _ in range(3):
        with bot.inbox.engine.begin() as connection:
            connection.execute(update(SlackRequest).values(next_at=talk.parts.clock()))
        bot.recover()
    with bot.inbox.engine.connect() as connection:
        row = connection.execute(select(SlackRequest.attempts, SlackRequest.done_at, SlackRequest.last_error)).one()
    assert row.attempts == 3
    assert row.done_at is not None
    assert "ZeroDivisionError" in row.last_error


def test_no_secret_of_slack_is_kept_but_what_is_needed(talk: Talk) -> None:
    talk.command("mine", token="the old verification token")
    bot = talk.bot
    with bot.inbox.engine.connect() as connection:
        assert "the old verification token" not in str(connection.execute(select(SlackRequest.payload)).all())


def test_an_account_is_linked_by_the_link_that_its_owner_was_given(
    talk: Talk, workspace: Workspace, fresh_engine: Engine
) -> None:
    token = slack_account.signer("tests").dumps("U0EVE")
    client = talk.app.test_client()
    assert client.get(f"/slack/link?token={token}").status_code == 302  # to sign in
    with reading(fresh_engine)() as session:
        assert session.scalar(select(Person.id).where(Person.slack_user_id == "U0EVE")) is None


def test_a_message_becomes_an_incident_with_its_author_and_its_address(talk: Talk, workspace: Workspace) -> None:
    message = {"user": "U0BEN", "text": "Checkout says 500 since ten", "ts": "17.5"}
    told = {"type": "message_action", "callback_id": "declare_from_message", "trigger_id": "trigger-m",
            "message_ts": "17.5", "channel": {"id": "C1", "name": "incidents"}, "message": message}  # fmt: skip
    assert talk.interact(told).status_code == 200
    view = workspace.heard("views.open")["view"]
    shown = json.dumps(view, ensure_ascii=False)
    assert "Checkout says 500 since ten" in shown
    assert "https://acme.slack.com/17.5" in shown
    assert talk.submit(view).json == {"response_action": "clear"}
    with talk.parts.read() as session:
        assert "https://acme.slack.com/17.5" in session.scalars(select(Incident)).one().description


def test_the_shortcut_of_the_app_opens_an_empty_form(talk: Talk, workspace: Workspace) -> None:
    talk.interact({"type": "shortcut", "callback_id": "declare_incident", "trigger_id": "trigger-s"})
    assert workspace.heard("views.open")["view"]["callback_id"] == "declare"


def test_the_home_tab_is_shown_and_follows_what_is_clicked_on_it(talk: Talk, workspace: Workspace) -> None:
    of = declared(talk)
    talk.event({"type": "app_home_opened", "user": "U0ANA", "tab": "home", "channel": "D1"})
    assert of.name in json.dumps(workspace.heard("views.publish"))
    talk.event({"type": "app_home_opened", "user": "U0ANA", "tab": "messages", "channel": "D1"})
    action = {"action_id": "do:take:0", "value": of.name, "action_ts": "1.9", "block_id": "b", "type": "button"}
    talk.interact(
        {"type": "block_actions", "trigger_id": "t-h", "view": {"type": "home", "id": "VH"}, "actions": [action]},
        "U0BEN",
    )
    assert of.name in json.dumps(workspace.heard("views.publish"))


def test_options_are_found_while_somebody_types_and_a_stranger_finds_none(talk: Talk, workspace: Workspace) -> None:
    asked = {"type": "block_suggestion", "action_id": "lookup:service", "block_id": "service_ids", "value": "check",
             "view": {"id": "V1", "type": "modal"}}  # fmt: skip
    assert [each["value"] for each in talk.interact(asked).json["options"]] == ["checkout"]
    workspace.users["U0EVE"] = {"id": "U0EVE", "profile": {}}
    assert talk.interact(asked, user="U0EVE").json["options"] == []


def test_only_an_administrator_installs_the_app_elsewhere(talk: Talk) -> None:
    for path in ("/slack/install", "/slack/oauth_redirect"):
        answer = talk.app.test_client().get(path)
        assert answer.status_code == 302, path  # to sign in
        assert "/sign-in" in answer.headers["Location"], path


def test_an_uninstalled_app_loses_its_tokens(talk: Talk) -> None:
    assert talk.event({"type": "app_uninstalled"}).status_code == 200
    assert talk.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": ["U0BOT"]}}).status_code == 200
