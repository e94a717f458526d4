"""The signing secret: without the right one, Ratchet believes no request of Slack's."""

from __future__ import annotations

import re

from app.slack.setup.result import Result, right, unneeded, wrong
from config import Settings

NAME = "Signing secret"
WHERE = (
    "Take it from https://api.slack.com/apps, Basic Information, Signing Secret, and set RATCHET_SLACK_SIGNING_SECRET."
)
_FORM = re.compile(r"[0-9a-f]{32}")


def given(settings: Settings) -> list[str]:
    """The secrets that are set: two while one replaces the other."""
    return [each.strip() for each in settings.slack_signing_secret.split(",") if each.strip()]


def form(settings: Settings, *, is_connected: bool) -> Result:
    """Whether it can be one at all. Says nothing of the secret itself."""
    found = given(settings)
    if not found:
        return _none(settings, is_connected)
    if any(each.startswith(("xoxb-", "xapp-")) for each in found):
        return wrong(NAME, "It is a token, not the signing secret.", WHERE)
    if not all(_FORM.fullmatch(each.lower()) for each in found):
        return wrong(NAME, "It is not 32 characters of 0-9 and a-f, as Slack's are.", WHERE)
    if len(found) > 1:
        return right(NAME, f"{len(found)} are set; leave the old one out once the new one is in use.")
    return right(NAME, "It is set, and has the form of one.")


def _none(settings: Settings, is_connected: bool) -> Result:
    if settings.slack_app_token:
        return unneeded(NAME, "Socket Mode needs none.")
    if not is_connected:
        return unneeded(NAME, "There is none, and no token either.")
    return wrong(NAME, "There is none: commands and clicks in Slack are not heard.", WHERE, is_bearable=True)
