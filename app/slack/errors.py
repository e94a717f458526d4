"""What an error of Slack means for a message: try later, or dead until a person does what the sentence says."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPException
from types import MappingProxyType
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from app.outbox.contract import Dead, Later, ThreadRef

# Everything that may come out of a call; whether Slack has done it nevertheless is not known.
FAILURES = (SlackClientError, OSError, HTTPException)

PASSING = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org",
     "accesslimited", "message_limit_exceeded"}
)  # fmt: skip
TOKEN = frozenset(
    {"not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive", "missing_scope",
     "no_permission", "ekm_access_denied", "org_login_required", "two_factor_setup_required"}
)  # fmt: skip
NOT_A_MEMBER = "not_in_channel"
GONE = frozenset({"thread_not_found", "message_not_found"})
UNCHANGEABLE = frozenset({"cant_update_message", "edit_window_closed"})
TOO_MUCH = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long"})
TOKEN_RETRY_SECONDS = 600.0

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "channel_not_found": "Slack has no channel {to}, or Ratchet is not in it. Create it, or invite the app with "
        "/invite; then retry.",
        "is_archived": "The Slack channel {to} is archived. Unarchive it or set another channel; then retry.",
        "not_in_channel": "Ratchet is not a member of {to} and may not join it. Invite the app with /invite; then "
        "retry.",
        "method_not_supported_for_channel_type": "Ratchet may not join {to}, which is private. Invite the app with "
        "/invite; then retry.",
        "restricted_action": "This Slack workspace does not let Ratchet post to {to}. Ask a Slack administrator; then "
        "retry.",
        "users_not_found": "Slack knows nobody with the address of {to}. Correct the address of their account; then "
        "retry.",
        "user_not_found": "Slack does not know the account of {to} any more. Correct it; then retry.",
        "user_disabled": "The Slack account of {to} is deactivated: nothing can be sent to it.",
        "cannot_dm_bot": "The Slack account of {to} belongs to an app: nothing can be sent to it.",
    }
)


def code(error: BaseException) -> str:
    """Slack's own word for what went wrong, or an empty one if Slack did not answer."""
    if not isinstance(error, SlackApiError):
        return ""
    try:
        return str(error.response["error"] or "")
    except (KeyError, TypeError, ValueError):
        return ""


def outcome(error: BaseException, to: str, thread: ThreadRef | None = None) -> Later | Dead:
    """What becomes of a message for `to` after this error; `thread` is the card that stands already."""
    word = code(error)
    status, wait = answered(error)
    if word == "ratelimited" or status == 429:
        return Later("Slack asks for patience.", wait or 30.0, is_patient=True, thread=thread)
    if word in TOKEN:
        return Later(_about_token(error, word), TOKEN_RETRY_SECONDS, is_patient=True, thread=thread)
    if word in SENTENCES:
        return Dead(SENTENCES[word].format(to=to), thread=thread)
    if not isinstance(error, SlackApiError):
        return Later(f"Slack could not be reached: {type(error).__name__}: {error}", thread=thread)
    if word in PASSING or status >= 500:
        return Later(f"Slack has a problem of its own ({word[:100] or status}).", thread=thread)
    return Dead(f"Slack refused this message for {to}: {word[:200] or status}.", thread=thread)


def _about_token(error: BaseException, word: str) -> str:
    if word == "missing_scope" and isinstance(error, SlackApiError):
        needed = error.response.get("needed") or "another scope"
        return f"The Slack app lacks a permission: add {needed} to its bot scopes and install it again. Messages wait."
    return f"Slack does not accept the token ({word}): set RATCHET_SLACK_TOKEN anew. Messages wait until then."


def answered(error: BaseException) -> tuple[int, float | None]:
    """Status and Retry-After of the answer, if there was one."""
    response: Any = getattr(error, "response", None)
    status = getattr(response, "status_code", 0)
    headers = getattr(response, "headers", None) or {}
    wait = next((str(value) for key, value in headers.items() if str(key).lower() == "retry-after"), "")
    return (status if isinstance(status, int) else 0), (float(wait) if wait.isdecimal() else None)
