"""What people do in a real stand-in for Slack: they type, click and fill in forms, and see what is answered."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.local_slack import LocalSlack
from tests.slack.talking import state_of

LISTEN = """() => new Promise((ready) => {
  window.heard = []
  window.line = new WebSocket(location.origin.replace('http', 'ws') + '/ui')
  window.line.onmessage = (each) => { window.heard.push(JSON.parse(each.data)) }
  window.line.onopen = () => ready(true)
})"""
SECONDS = 8


@dataclass
class SlackHands:
    """One person. Everything goes through the stand-in, which signs it and sends it to the address of the app."""

    slack: LocalSlack
    page: Page
    user: str
    still_open: dict[str, Any] | None = None  # a form that was submitted, and may have been refused

    def look(self) -> SlackHands:
        """Open the page of the stand-in, and listen to what it is told."""
        self.page.goto(self.slack.page)
        self.page.evaluate(LISTEN)
        return self

    def type(self, text: str, channel: str = "C1") -> None:
        """A slash command."""
        self._forget()
        self._control("command", channel=channel, user=self.user, command="/ratchet", text=text)

    def mention(self, text: str, thread: str, channel: str = "C1") -> None:
        """In a thread, where there are no slash commands."""
        self._forget()
        self._control("message", channel=channel, user=self.user, text=f"<@U0BOT> {text}", thread_ts=thread)

    def tell(self, text: str) -> None:
        """In the direct message with the bot."""
        self._forget()
        channel = self.slack.client().conversations_open(users=self.user)["channel"]["id"]
        self._control("message", channel=channel, user=self.user, text=text)

    def click(self, words: str, message: dict[str, Any], channel: str = "C1") -> None:
        """A button of a message."""
        self._forget()
        for block in message["blocks"]:
            for element in block.get("elements", ()):
                if isinstance(element.get("text"), dict) and element["text"]["text"] == words:
                    action = {**element, "block_id": block.get("block_id", "b"), "action_ts": str(time.time())}
                    self._control("interact", channel=channel, messageTs=message["ts"], user=self.user, action=action)
                    return
        raise AssertionError(f"no button {words!r} in {json.dumps(message['blocks'])[:1500]}")

    def form(self) -> dict[str, Any]:
        """The form that stands open, once it has its fields."""
        return self._wait(lambda: self._view("input") or self.still_open, "no form")

    def shown(self) -> str:
        """What a modal without fields says."""
        return json.dumps(self._wait(lambda: self._view(""), "nothing is shown"), ensure_ascii=False)

    def submit(self, **typed: Any) -> None:
        """The form as it stands, with some fields changed. It is closed when it was taken."""
        view = self.form()
        values = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                name, element = block["block_id"], block["element"]
                values[name] = {element["action_id"]: state_of(element, typed.pop(name, ...))}
        assert not typed, f"no such fields: {typed} in {[each.get('block_id') for each in view['blocks']]}"
        self._forget()
        self.still_open = view
        self._send({"t": "view_submit", "user": self.user, "values": values})

    def refused(self) -> dict[str, str]:
        """What stands beside the fields of the form."""
        return self._wait(lambda: next((each["errors"] for each in self._heard("view_errors")), None), "no errors")

    def answer(self, has: str = "") -> dict[str, Any]:
        """What only this person sees, or what is said where they look: the newest message with these words."""

        def newest() -> dict[str, Any] | None:
            told = [each["message"] for each in reversed(self._heard("message")) if _has(each, has)]
            return next((each for each in told if each["user"] == "U0BOT"), None)

        found: dict[str, Any] = self._wait(newest, f"nobody said {has!r}")
        return found

    def card(self, channel: str = "C1") -> dict[str, Any]:
        """The newest card of the channel."""
        return self.message(channel, "waits for")

    def message(self, channel: str, has: str) -> dict[str, Any]:
        """The newest message of a channel that everybody sees, with these words."""

        def newest() -> dict[str, Any] | None:
            roots = [each for each in self.slack.roots(channel) if each.get("subtype") != "ephemeral"]
            return next((each for each in reversed(roots) if _has(each, has)), None)

        found: dict[str, Any] = self._wait(newest, f"nothing in {channel} says {has!r}")
        return found

    def said_in_thread(self, card: dict[str, Any], has: str, channel: str = "C1") -> list[dict[str, Any]]:
        """Every message below a card with these words, once there is one."""

        def found() -> list[dict[str, Any]] | None:
            return [each for each in self.slack.answers(channel, card["ts"]) if _has(each, has)] or None

        said: list[dict[str, Any]] = self._wait(found, f"nobody said {has!r} below the card")
        return said

    def _view(self, kind: str) -> dict[str, Any] | None:
        found = [each["stack"][-1] for each in self._heard("view") if each.get("stack")]
        if not found or "Loading…" in json.dumps(found[-1], ensure_ascii=False):
            return None
        return found[-1] if not kind or any(each["type"] == kind for each in found[-1]["blocks"]) else None

    def _heard(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.page.evaluate("() => window.heard") if each["t"] == kind]

    def _forget(self) -> None:
        self.still_open = None
        self.page.evaluate("() => { window.heard = [] }")

    def _send(self, told: dict[str, Any]) -> None:
        self.page.evaluate("(told) => window.line.send(JSON.stringify(told))", told)

    def _wait(self, look: Callable[[], Any], otherwise: str) -> Any:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            if (found := look()) is not None:
                return found
            time.sleep(0.05)
        heard = json.dumps(self.page.evaluate("() => window.heard"), ensure_ascii=False)
        raise AssertionError(f"{otherwise}; heard {heard[-2500:]}")

    def _control(self, what: str, **told: Any) -> None:
        body = json.dumps({key: value for key, value in told.items() if value is not None}).encode()
        url, kind = f"{self.slack.page}_control/{what}", {"Content-Type": "application/json"}
        request = urllib.request.Request(url, body, kind)
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200


def _has(told: dict[str, Any], words: str) -> bool:
    return words in json.dumps(told, ensure_ascii=False)
