"""The one client of Slack's Web API."""

from __future__ import annotations

from slack_sdk import WebClient

from config import Settings

TIMEOUT_SECONDS = 10


def web_client(settings: Settings, token: str | None = None) -> WebClient | None:
    """For the token, by default that of the settings. None: there is none, messages are kept.

    No retry handlers: those that slack_sdk brings send a message again when only the answer was lost. Trying again is
    the relay's work, which looks first whether it had arrived.
    """
    token = token or settings.slack_token
    if not token:
        return None
    return WebClient(
        token,
        base_url=settings.slack_api_url.rstrip("/") + "/",  # without the slash, slack_sdk calls …/apichat.postMessage
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[],
    )
