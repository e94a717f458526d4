"""Whether Slack can reach an address at all: what can be said about it without asking the network."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

EVENTS_PATH = "/slack/events"
REDIRECT_PATH = "/slack/oauth_redirect"
HOME_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test", ".invalid")


def at(base_url: str, path: str) -> str:
    """The absolute address of a path of ours."""
    return base_url.rstrip("/") + path


def obstacle(base_url: str) -> str | None:
    """Why Slack, which is on the internet, cannot send requests to this address; None if nothing speaks against it."""
    parts = urlsplit(base_url)
    host = (parts.hostname or "").lower()
    if not host or parts.scheme not in ("http", "https"):
        return f"{base_url} is not an address that begins with https://"
    if parts.query or parts.fragment:
        return f"{base_url} has more than a host and a path"
    if is_at_home(host):
        return f"{base_url} exists only on this machine or network: Slack cannot reach it"
    if parts.scheme != "https":
        return f"{base_url} is not https: Slack sends to https addresses only"
    return None


def is_at_home(host: str) -> bool:
    """Whether a host is this machine, or one that the internet cannot see."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(HOME_ENDINGS)
