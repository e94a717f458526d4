"""The manifest of the Slack app: everything that its settings pages would ask for, filled in for this Ratchet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import yaml

from app.slack.setup import address
from app.slack.setup.scopes import NAMES

NAME = "Ratchet"
BOT_NAME = "ratchet"
CREATE = "https://api.slack.com/apps"
DECLARE, FROM_MESSAGE, TO_TIMELINE = "declare_incident", "declare_from_message", "add_to_timeline"
EVENTS = ("app_home_opened", "app_mention", "message.im", "app_uninstalled", "tokens_revoked")
# Slack allows 24 characters for the name of a shortcut.
SHORTCUTS = (
    ("global", DECLARE, "Declare an incident", "Opens the form that declares an incident."),
    ("message", FROM_MESSAGE, "Declare from message", "Opens the form with the text of this message filled in."),
    ("message", TO_TIMELINE, "Add to timeline", "Keeps author, text, time and link of this message in the timeline."),
)


def manifest(base_url: str, command: str, is_socket_mode: bool = False, *, has_oauth: bool = False) -> dict[str, Any]:
    """For Slack's "create an app from a manifest". In Socket Mode Slack needs no address of ours; `has_oauth`: the app
    is installed in several workspaces, each of which comes back to our redirect address."""
    events = {} if is_socket_mode else {"request_url": address.at(base_url, address.EVENTS_PATH)}
    scopes: dict[str, Any] = {"scopes": {"bot": list(NAMES)}}
    redirect = {"redirect_urls": [address.at(base_url, address.REDIRECT_PATH)]} if has_oauth else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": "Every incident ends as a practice that machines check and every service adopts.",
            "background_color": "#2447b8",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": BOT_NAME, "always_online": True},
            "shortcuts": [
                {"name": name, "type": kind, "callback_id": key, "description": words}
                for kind, key, name, words in SHORTCUTS
            ],
            "slash_commands": [_command(command, events.get("request_url"))],
        },
        "oauth_config": {**redirect, **scopes},
        "settings": {
            "event_subscriptions": {**events, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **events},
            "org_deploy_enabled": has_oauth,
            "socket_mode_enabled": is_socket_mode,
            "token_rotation_enabled": False,
        },
    }  # fmt: skip


def _command(command: str, url: str | None) -> dict[str, Any]:
    return {
        "command": command,
        **({"url": url} if url else {}),
        "description": "Declare an incident, resolve it, and everything after it",
        "usage_hint": "checkout is down sev2 | resolve 42 | mine | help",
        "should_escape": True,  # people and channels arrive with their ids
    }


def as_yaml(made: dict[str, Any]) -> str:
    """As Slack's page takes it."""
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=120)


def link(made: dict[str, Any]) -> str:
    """An address of Slack where the app is created with one click."""
    return f"{CREATE}?{urlencode({'new_app': 1, 'manifest_yaml': as_yaml(made)})}"


def warnings(base_url: str, is_socket_mode: bool) -> list[str]:
    """What will not work with this manifest, each with what to do."""
    found = None if is_socket_mode else address.obstacle(base_url)
    return [f"{found}. Set RATCHET_BASE_URL to the public https address, or use Socket Mode."] if found else []
