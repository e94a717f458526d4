"""The one client of Slack's Web API."""

from __future__ import annotations

from slack_sdk import WebClient

from config import Settings

TIMEOUT_SECONDS = 10


def web_client(settings: Settings) -> WebClient | None:
    """None: there is no token, messages are kept.

    No retry handlers: those that slack_sdk brings send a message again when only the answer was lost. Trying again is
    the relay's work, which looks first whether it had arrived.
    """
    if not settings.slack_token:
        return None
    return WebClient(
        settings.slack_token,
        base_url=settings.slack_api_url.rstrip("/") + "/",  # without the slash, slack_sdk calls …/apichat.postMessage
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[],
    )
