"""People who talk to Ratchet through Slack: signed requests to the real door, and what Slack is told in answer."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from itertools import count
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from app.domain.people import RATCHET
from app.slack.bot import Bot
from app.wiring import build_app
from app.workflow import catalog, people
from config import Settings
from tests.slack.stand_in import StandIn

SECRET, TEAM = "0123456789abcdef0123456789abcdef", "T1"
ADDRESSES = {"U0ANA": "ana@example.com", "U0BEN": "ben@example.com", "U0VERA": "vera@example.com"}


class Workspace(StandIn):
    """What the bot says, by method; `profile` of a user may be changed to try guests and strangers."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.users: dict[str, dict[str, Any]] = {
            key: {"id": key, "is_email_confirmed": True, "profile": {"email": email}}
            for key, email in ADDRESSES.items()
        }
        self._views = count(1)
        self._answers |= {
            "auth.test": lambda **_: {"ok": True, "team_id": TEAM, "user_id": "U0BOT", "bot_id": "B1"},
            "users.info": self._user, "views.open": self._view("views.open"),
            "views.update": self._view("views.update"),
            "views.publish": self._view("views.publish"), "chat.postEphemeral": self._note("chat.postEphemeral"),
            "respond": self._note("respond"), "chat.getPermalink": lambda **told: {"ok": True, "permalink": f"https://acme.slack.com/{told['message_ts']}"},
        }  # fmt: skip

    def heard(self, *methods: str, seconds: float = 5) -> dict[str, Any]:
        """The next thing that the bot says by one of these methods."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for at, (method, told) in enumerate(self.said):
                if method in methods:
                    del self.said[at]
                    return told
            time.sleep(0.005)
        raise AssertionError(f"nothing by {methods}, but {self.said}")

    def _user(self, user: str, **_: Any) -> dict[str, Any]:
        return (
            {"ok": True, "user": self.users[user]} if user in self.users else {"ok": False, "error": "user_not_found"}
        )

    def _note(self, method: str) -> Any:
        def answer(**told: Any) -> dict[str, Any]:
            self.said.append((method, _read_json(told)))
            return {"ok": True, "message_ts": "1"}

        return answer

    def _view(self, method: str) -> Any:
        def answer(**told: Any) -> dict[str, Any]:
            told = _read_json(told)
            self.said.append((method, told))
            view = told.get("view_id") or f"V{next(self._views)}"
            return {"ok": True, "view": {**told["view"], "id": view, "hash": "h"}}

        return answer


def _read_json(told: dict[str, Any]) -> dict[str, Any]:
    return {
        key: json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value for key, value in told.items()
    }


def signed(body: str, secret: str = SECRET, at: str | None = None) -> dict[str, str]:
    """The headers by which a request is known to be Slack's."""
    at = str(int(time.time())) if at is None else at
    mac = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={mac}"}


class Talk:
    """A Ratchet whose Slack is the workspace above."""

    def __init__(self, engine: Engine, slack: Workspace, **variables: str) -> None:
        self.slack = slack
        told = {
            "RATCHET_SECRET_KEY": "tests", "RATCHET_LOG_LEVEL": "error", "RATCHET_SLACK_TOKEN": "xoxb-1",
            "RATCHET_SLACK_API_URL": slack.url, "RATCHET_SLACK_SIGNING_SECRET": SECRET, **variables,
        }  # fmt: skip
        self.app: Flask = build_app(Settings.from_env(told), engine=engine)
        self.parts = self.app.extensions["ratchet"]
        self.bot: Bot = self.app.extensions["ratchet.slack"].bot
        self._numbers = count(1)
        self.people()

    def close(self) -> None:
        """Let everything under way end."""
        self.bot.close()

    def people(self) -> None:
        now = self.parts.clock()
        with self.parts.begin() as work:
            team = catalog.add_team(work, catalog.TeamTold(name="payments", title="Payments"), by=RATCHET)
            for name in ("checkout", "payments"):
                told = catalog.ServiceTold(name=name, team_id=team.id, tier=1)
                catalog.add_service(work, told, by=RATCHET, now=now)
            for name, role in (("Ana", "owner"), ("Ben", "owner"), ("Vera", "viewer")):
                email = f"{name.lower()}@example.com"
                people.add(work, email=email, name=name, role=role, by=RATCHET, now=now)

    def post(
        self, body: str, kind: str, *, at: str | None = None, secret: str = SECRET, sign: str = ""
    ) -> TestResponse:
        """A request as Slack signs it, or as somebody else would."""
        headers = signed(body, secret, at)
        if sign:
            headers["X-Slack-Signature"] = sign
        return self.app.test_client().post("/slack/events", data=body, content_type=kind, headers=headers)

    def command(self, text: str, user: str = "U0ANA", **more: Any) -> TestResponse:
        n = next(self._numbers)
        told = {
            "command": "/ratchet", "text": text, "user_id": user, "team_id": TEAM, "channel_id": "C1",
            "channel_name": "incidents", "trigger_id": f"trigger-{n}", "response_url": self.slack.url + "respond",
            **more,
        }  # fmt: skip
        return self.post(urlencode(told), "application/x-www-form-urlencoded")

    def event(self, told: dict[str, Any], event_id: str = "", team: str = TEAM) -> TestResponse:
        event_id = event_id or f"Ev{next(self._numbers)}"
        body = {"type": "event_callback", "team_id": team, "event_id": event_id, "event_time": 1, "event": told}
        return self.post(json.dumps(body), "application/json")

    def interact(self, payload: dict[str, Any], user: str = "U0ANA") -> TestResponse:
        whole = {"team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM}, **payload}
        return self.post(urlencode({"payload": json.dumps(whole)}), "application/x-www-form-urlencoded")

    def click(self, verb: str, value: str, user: str = "U0ANA", *, at: str = "", action: str = "do") -> TestResponse:
        n = next(self._numbers)
        return self.interact(
            {
                "type": "block_actions", "trigger_id": f"trigger-{n}", "channel": {"id": "C1"},
                "message": {"ts": "1.1"}, "response_url": f"{self.slack.url}respond",
                "actions": [{"action_id": f"{action}:{verb}:0", "block_id": "b", "value": value, "type": "button",
                             "action_ts": at or f"{n}.1"}],
            }, user)  # fmt: skip

    def submit(self, view: dict[str, Any], user: str = "U0ANA", *, view_id: str = "V1", **typed: Any) -> TestResponse:
        """The form as it was opened, with some fields changed; the others hold what they held at first."""
        values = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                name, element = block["block_id"], block["element"]
                values[name] = {element["action_id"]: state_of(element, typed.pop(name, ...))}
        assert not typed, f"no such fields: {typed}"
        return self.interact(
            {"type": "view_submission", "view": {**view, "id": view_id, "hash": "h", "state": {"values": values}}}, user
        )


def state_of(element: dict[str, Any], given: Any) -> dict[str, Any]:
    kind = element["type"]
    names = {
        "plain_text_input": ("value", "initial_value"), "static_select": ("selected_option", "initial_option"),
        "external_select": ("selected_option", "initial_option"), "users_select": ("selected_user", "initial_user"),
        "datepicker": ("selected_date", "initial_date"), "datetimepicker": ("selected_date_time", "initial_date_time"),
    }  # fmt: skip
    name, initial = names.get(kind, ("selected_options", "initial_options"))
    if given is ...:
        return {"type": kind, name: element.get(initial, [] if name == "selected_options" else None)}
    if name == "selected_option":
        given = {"value": given}
    if name == "selected_options":
        given = [{"value": each} for each in given]
    return {"type": kind, name: given}
