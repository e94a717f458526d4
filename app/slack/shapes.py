"""Slack's payloads in one shape: who, where, what was typed or clicked, and the key by which a repetition is known."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.slack.asked import CLICK, COMMAND, DIRECT, FORM, HOME, MENTION, SHORTCUT, Place
from app.slack.grammar import Ref, Understood, understand
from app.slack.grammar.understood import PREFIXES
from app.slack.grammar.verbs import BY_NAME
from app.slack.messages.parts import DO, TO_FORM

AS_TYPED = "typed:"  # how the value of a button begins that stands for a whole text
_NAMED = re.compile(r"(INC|BP|ACT)-(\d{1,9})\s*")
_KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}
_US = re.compile(r"^\s*<@[A-Z0-9]+(?:\|[^>]*)?>[\s,:]*")


@dataclass(frozen=True)
class Shape:
    """`typed` is a whole text; a click has a `verb` with its `value` instead; a form and a shortcut have `name`."""

    kind: str
    key: str
    slack_user: str
    place: Place
    typed: str = ""
    verb: str = ""
    value: str = ""
    name: str = ""
    to_form: bool = False
    trigger: str = ""
    response_url: str = ""
    view: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)

    def understood(self, today: date) -> Understood:
        """What is wanted. A button is as if it had been typed; what only buttons do has its numbers in the value."""
        if self.value.startswith(AS_TYPED):
            return understand(self.value.removeprefix(AS_TYPED), today=today)
        if not self.verb:
            return understand(self.typed, today=today)
        if self.verb in BY_NAME:
            return understand(f"{self.verb} {self.value}", today=today)
        refs, rest = [], self.value
        while found := _NAMED.match(rest):
            refs.append(Ref(_KINDS[found[1]], int(found[2])))
            rest = rest[found.end() :]
        return Understood(self.value, self.verb, words=rest, refs=tuple(refs))


def command(of: Mapping[str, Any]) -> Shape:
    """A slash command."""
    place = Place(of.get("team_id", ""), of.get("channel_id", ""), is_direct=of.get("channel_name") == "directmessage")
    return Shape(
        COMMAND, f"command:{of['trigger_id']}", of["user_id"], place, typed=of.get("text") or "",
        trigger=of["trigger_id"], response_url=of.get("response_url", ""), payload=of,
    )  # fmt: skip


def event(of: Mapping[str, Any]) -> Shape | None:
    """A mention, a direct message, or somebody who has opened the home tab. None: not for us."""
    told = of["event"]
    user, key = told.get("user") or "", f"event:{of['event_id']}"
    if not user or told.get("bot_id") or told.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return None
    place = Place(
        of.get("team_id", ""), told.get("channel", ""), told.get("thread_ts", ""), told.get("ts", ""),
        told.get("channel_type") == "im",
    )  # fmt: skip
    if told["type"] == "app_home_opened":
        is_home = told.get("tab") == "home"
        return Shape(HOME, key, user, place, verb="home", value="1", payload=of) if is_home else None
    if told["type"] == "app_mention":
        return Shape(MENTION, key, user, place, typed=_US.sub("", told.get("text") or ""), payload=of)
    if told["type"] == "message" and place.is_direct:
        return Shape(DIRECT, key, user, place, typed=_US.sub("", told.get("text") or ""), payload=of)
    return None


def click(of: Mapping[str, Any]) -> Shape | None:
    """A button. None: it opens a page, or is a field of a form, and there is nothing to do."""
    action = of["actions"][0]
    what, _, rest = str(action.get("action_id", "")).partition(":")
    if what not in (DO, TO_FORM):
        return None
    message, at = of.get("message") or {}, action.get("action_ts") or of.get("trigger_id", "")
    place = Place(
        _team(of), (of.get("channel") or {}).get("id", ""), message.get("thread_ts", "") or message.get("ts", ""),
        message.get("ts", ""),
    )  # fmt: skip
    return Shape(
        CLICK, f"click:{at}:{of['user']['id']}:{action['action_id']}"[:250], of["user"]["id"], place,
        verb=rest.partition(":")[0], value=action.get("value") or "", to_form=what == TO_FORM,
        trigger=of.get("trigger_id", ""), response_url=of.get("response_url", ""), view=of.get("view") or {},
        payload=of,
    )  # fmt: skip


def shortcut(of: Mapping[str, Any]) -> Shape:
    """A shortcut of the app, or of one message."""
    message = of.get("message") or {}
    channel = (of.get("channel") or {}).get("id", "")
    place = Place(_team(of), channel, message.get("thread_ts", "") or message.get("ts", ""), message.get("ts", ""))
    return Shape(
        SHORTCUT, f"shortcut:{of['trigger_id']}", of["user"]["id"], place, name=of["callback_id"],
        trigger=of["trigger_id"], response_url=of.get("response_url", ""), payload=of,
    )  # fmt: skip


def form(of: Mapping[str, Any]) -> Shape:
    """A form that was submitted. Its change is made once, whatever is submitted again from the same view."""
    view = of["view"]
    kept = carried(view)
    return Shape(
        FORM, f"form:{view['id']}", of["user"]["id"], Place(*kept.get("place", ())), name=view["callback_id"],
        typed=kept.get("typed", ""), trigger=of.get("trigger_id", ""), view=view, payload=of,
    )  # fmt: skip


def submission_key(shape: Shape) -> str:
    """Of one submission: the same view is submitted again after a field was mended."""
    state = json.dumps(shape.view.get("state"), sort_keys=True).encode()
    return f"{shape.key}:{hashlib.sha256(state).hexdigest()[:32]}"


def carried(view: Mapping[str, Any]) -> dict[str, Any]:
    """What a form carries along: `about`, `place` and `typed`."""
    try:
        kept = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def _team(of: Mapping[str, Any]) -> str:
    return (of.get("team") or {}).get("id") or (of.get("user") or {}).get("team_id") or ""


READ = {COMMAND: command, "event": event, CLICK: click, SHORTCUT: shortcut, FORM: form}
