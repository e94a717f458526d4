"""Connecting Slack, step by step, for administrators: create the app, set the values, invite it, test it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from flask import Blueprint, Flask, current_app, render_template, request

from app.domain import people
from app.domain.errors import NotAllowed
from app.parts import parts
from app.web import current
from config import Settings

page = Blueprint("slack_setup", __name__)
URL = "/slack/setup"
WAYS = {"http": "Slack reaches Ratchet", "socket": "Behind a firewall"}
LOOKS = {
    "right": ("check", "ok"), "wrong": ("cross", "bad"), "cannot tell": ("question", "warn"),
    "not needed": ("minus", "dashed"),
}  # fmt: skip


class Desk(Protocol):
    """What the page needs to know of Slack; the wiring hands it in, because pages do not know Slack."""

    @property
    def has_oauth(self) -> bool: ...
    @property
    def scopes(self) -> Sequence[Any]: ...
    def text(self, *, is_socket_mode: bool) -> str: ...
    def link(self, *, is_socket_mode: bool) -> str: ...
    def warnings(self, *, is_socket_mode: bool) -> Sequence[str]: ...
    def workspaces(self) -> Sequence[Any]: ...
    def channels(self) -> Sequence[Any]: ...
    def check(self) -> Iterable[Any]: ...


@dataclass(frozen=True)
class Value:
    """A variable, where on Slack's page its value stands, and whether it is set; never the value."""

    variable: str
    where: str
    is_set: bool
    is_needed: bool = True


def install(app: Flask, desk: Desk) -> None:
    """Hand in what the page asks."""
    app.extensions["ratchet.slack_setup"] = desk


@page.route(URL, methods=["GET", "POST"])
def setup() -> str:
    """A post runs the checks; what they find is shown, and not kept."""
    if not people.may(current.actor(), "manage_people"):
        raise NotAllowed("Only administrators may connect Slack. Ask one of them.")
    desk, settings = cast(Desk, current_app.extensions["ratchet.slack_setup"]), parts().settings
    way = _way(request.values.get("way", ""), settings)
    is_socket_mode = way == "socket"
    current.close()  # the checks wait for others, and need no session of ours
    results = list(desk.check()) if request.method == "POST" else None
    return render_template(
        "slack/setup.html", way=way, tabs=_tabs(way), manifest=desk.text(is_socket_mode=is_socket_mode),
        link=desk.link(is_socket_mode=is_socket_mode), warnings=desk.warnings(is_socket_mode=is_socket_mode),
        scopes=desk.scopes, values=_values(settings, is_socket_mode), channels=desk.channels(),
        workspaces=desk.workspaces(), has_oauth=desk.has_oauth, results=results, counts=_counts(results or ()),
        looks=LOOKS, command=settings.slack_command,
    )  # fmt: skip


def _way(asked: str, settings: Settings) -> str:
    if asked in WAYS:
        return asked
    return "socket" if settings.slack_app_token else "http"


def _tabs(way: str) -> list[dict[str, Any]]:
    return [{"label": title, "url": f"{URL}?way={key}", "is_selected": key == way} for key, title in WAYS.items()]


def _values(settings: Settings, is_socket_mode: bool) -> list[Value]:
    return [
        Value(
            "RATCHET_SLACK_TOKEN", "OAuth & Permissions, Bot User OAuth Token (xoxb-…), after Install to Workspace",
            bool(settings.slack_token), not settings.slack_client_id,
        ),
        Value(
            "RATCHET_SLACK_SIGNING_SECRET", "Basic Information, App Credentials, Signing Secret",
            bool(settings.slack_signing_secret), not is_socket_mode,
        ),
        Value(
            "RATCHET_SLACK_APP_TOKEN",
            "Basic Information, App-Level Tokens, Generate with the scope connections:write (xapp-…)",
            bool(settings.slack_app_token), is_socket_mode,
        ),
        Value(
            "RATCHET_SLACK_CLIENT_ID", "Basic Information, App Credentials; only for several workspaces",
            bool(settings.slack_client_id), False,
        ),
        Value(
            "RATCHET_SLACK_CLIENT_SECRET", "Basic Information, App Credentials; only for several workspaces",
            bool(settings.slack_client_secret), False,
        ),
    ]  # fmt: skip


def _counts(results: Sequence[Any]) -> dict[str, int]:
    return {outcome: sum(each.outcome == outcome for each in results) for outcome in LOOKS}
