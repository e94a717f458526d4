"""Slack: is the token good, may it do what Ratchet does, are the channels there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from app.cli.checkup import Finding, ok, problem, warning
from app.slack.client import web_client
from app.slack.errors import FAILURES, code
from config import Settings

WAIT_SECONDS = 5
PAGES_MAX = 20  # of a thousand channels each
SCOPES: Mapping[str, str] = {
    "chat:write": "nothing can be sent",
    "channels:join": "the app must be invited to each channel",
    "channels:read": "after a lost answer a message waits until this is added",
    "groups:read": "after a lost answer a message waits until this is added",
    "channels:history": "after a lost answer a message waits until this is added",
    "groups:history": "the same for private channels",
    "im:write": "nobody is told in person",
    "im:history": "after a lost answer a message to a person waits until this is added",
    "users:read": "people are not found by their address",
    "users:read.email": "people are not found by their address",
}
APP_PAGE = "https://api.slack.com/apps"


def findings(settings: Settings) -> Iterator[Finding]:
    """Asks Slack at most a few questions, each with a time limit."""
    client = web_client(settings)
    if client is None:
        advice = "To send them, create an app, install it, and set RATCHET_SLACK_TOKEN to its bot token."
        yield ok("slack", "There is no token: messages are kept and shown on the outbox page.", advice)
        return
    client.timeout = WAIT_SECONDS
    try:
        yield from _ask(client, settings)
    except SlackApiError as error:
        advice = f"Take the bot token (xoxb-…) from {APP_PAGE}, OAuth & Permissions."
        yield problem("slack", f"Slack refuses the token: {code(error) or 'without a reason'}.", advice)
    except (*FAILURES, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        advice = f"Is {settings.slack_api_url} reachable from here? Messages wait meanwhile and are not lost."
        yield problem("slack", f"Slack does not answer: {reason}", advice)


def _ask(client: WebClient, settings: Settings) -> Iterator[Finding]:
    answer = client.auth_test()
    yield ok("slack", f"Signed in to {answer.get('team', 'Slack')} as {answer.get('user', 'somebody')}.")
    headers = {str(name).lower(): value for name, value in (answer.headers or {}).items()}
    given = headers.get("x-oauth-scopes")
    scopes = {each.strip() for each in str(given).split(",")} if given is not None else None
    if scopes is not None:
        yield from _scopes(scopes)
    if scopes is None or "channels:read" in scopes:
        yield from _channels(client, settings, has_private=scopes is None or "groups:read" in scopes)


def _scopes(scopes: set[str]) -> Iterator[Finding]:
    missing = [each for each in SCOPES if each not in scopes]
    if not missing:
        yield ok("slack", "The token has every scope that is used.")
    for each in missing:
        advice = f"Add it at {APP_PAGE}, OAuth & Permissions, and install the app again."
        words = f"The token has no scope {each}: {SCOPES[each]}."
        yield (problem if each == "chat:write" else warning)("slack", words, advice)


def _channels(client: WebClient, settings: Settings, *, has_private: bool) -> Iterator[Finding]:
    wanted = {
        "RATCHET_SLACK_INCIDENTS_CHANNEL": settings.slack_incidents_channel,
        "RATCHET_SLACK_ENGINEERING_CHANNEL": settings.slack_engineering_channel,
    }
    try:
        known = _known(
            client, set(wanted.values()), "public_channel,private_channel" if has_private else "public_channel"
        )
    except SlackApiError as error:
        words = f"Channels cannot be listed: {code(error) or 'without a reason'}."
        yield warning("slack", words, "Look whether the channels of the settings exist.")
        return
    for variable, channel in wanted.items():
        if channel in known:
            yield ok("slack", f"{channel} is there.")
        else:
            advice = f"Create it, or set {variable}. A private channel is found once the app is invited to it."
            yield warning("slack", f"There is no channel {channel} that the app can see.", advice)


def _known(client: WebClient, wanted: set[str], types: str) -> set[str]:
    """Those of the wanted channels, names or ids, that there are."""
    found: set[str] = set()
    cursor = ""
    for _ in range(PAGES_MAX):
        answer = client.conversations_list(types=types, exclude_archived=True, limit=1000, cursor=cursor or None)
        for each in answer.get("channels") or []:
            found |= {f"#{each.get('name')}", str(each.get("name")), str(each.get("id"))} & wanted
        cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor or found == wanted:
            break
    return found
