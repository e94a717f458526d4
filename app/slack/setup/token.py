"""The tokens: are they of the right kind, does Slack accept them, and what may they do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from app.slack.setup.asking import Answer, Asking
from app.slack.setup.known import Known
from app.slack.setup.result import Result, right, unknown, unneeded, wrong
from app.slack.setup.scopes import ESSENTIAL, missing
from config import Settings

TOKEN, SCOPES, CLOCK, APP_TOKEN = "Token", "Scopes", "Clock", "App token"
APP_PAGE = "https://api.slack.com/apps"
CLOCK_SECONDS = 60  # Slack's signatures are good for five minutes
KINDS = {
    "xoxp-": "the token of a person", "xapp-": "an app-level token", "xoxe-": "a refresh token",
    "xoxc-": "the token of a browser", "xoxa-": "a token of an old kind",
}  # fmt: skip
# Of refusals whose reason people can do something about.
REFUSED = {
    "invalid_auth": "It is not a token of this Slack.",
    "account_inactive": "The app was removed from the workspace, or its bot was deactivated.",
    "token_revoked": "It was revoked.",
    "token_expired": "It has expired: turn token rotation off in the app, and install it again.",
    "org_login_required": "The workspace is moving to an organization: wait until that is done.",
}


def absent(settings: Settings) -> Result:
    """There is no token: that is allowed."""
    install = "install the app at /slack/install, or " if settings.slack_client_id else ""
    return unneeded(
        TOKEN, "There is no token: messages are kept and shown on the outbox page.",
        f"To send them, {install}create an app as /slack/setup shows, and set RATCHET_SLACK_TOKEN to its bot token.",
    )  # fmt: skip


def signed_in(answer: Answer, known: Known) -> Iterator[Result]:
    """What Slack says to the token; and whether our clocks agree."""
    settings = known.settings
    if answer.silence:
        words = f"Slack does not answer: {answer.silence}"
        mend = f"Is {settings.slack_api_url} reachable from here? Messages wait meanwhile and are not lost."
        yield wrong(TOKEN, words, mend)
    elif answer.error == "ratelimited":
        yield unknown(TOKEN, "Slack asks for patience.", "Try again in a minute.")
    elif answer.error:
        yield wrong(
            TOKEN, f"Slack refuses the token: {answer.error}. {_reason(answer.error, known)}".strip(), _mend(known)
        )
    else:
        data = answer.data
        where = f" ({data['url']})" if data.get("url") else ""
        signed = f"Signed in to {data.get('team', 'Slack')}{where} as {data.get('user', 'somebody')}."
        kind = _kind(known)
        yield wrong(TOKEN, f"{signed} {kind}", _mend(known), is_bearable=True) if kind else right(TOKEN, signed)
        yield from _clock(answer, known.clock())


def _reason(word: str, known: Known) -> str:
    return _kind(known) or REFUSED.get(word, "")


def _kind(known: Known) -> str:
    """What the token is, if it is not a bot's."""
    of = next((kind for start, kind in KINDS.items() if (known.token or "").startswith(start)), "")
    return f"RATCHET_SLACK_TOKEN holds {of}; a bot token begins with xoxb-." if of else ""


def _mend(known: Known) -> str:
    if known.is_installed:
        return "Install the app again at /slack/install."
    return f"Take the bot token (xoxb-…) from {APP_PAGE}, OAuth & Permissions, and set RATCHET_SLACK_TOKEN to it."


def _clock(answer: Answer, now: datetime) -> Iterator[Result]:
    try:
        theirs = parsedate_to_datetime(answer.headers["date"])
        apart = round(abs((theirs - now).total_seconds()))
    except (LookupError, ValueError, TypeError):
        return
    if apart > CLOCK_SECONDS:
        words = (
            f"The clock of this machine and Slack's are {apart} seconds apart; from 300 on every request is refused."
        )
        yield wrong(CLOCK, words, "Let the machine set its clock by NTP.")


def scopes_of(answer: Answer) -> frozenset[str] | None:
    """What the token may do; None: Slack has not said."""
    given = answer.headers.get("x-oauth-scopes")
    return None if given is None else frozenset(each.strip() for each in given.split(","))


def scopes(given: frozenset[str] | None) -> Result:
    """What the token may not do, and what that costs."""
    if given is None:
        return unknown(
            SCOPES, "Slack does not say what the token may do.", f"Compare them at {APP_PAGE} with /slack/setup."
        )
    lacks = missing(given)
    if not lacks:
        return right(SCOPES, "The token has every scope that is used.")
    words = " ".join(f"The token has no scope {each.name}: {each.without}." for each in lacks)
    mend = (
        f"Add {', '.join(each.name for each in lacks)} at {APP_PAGE}, OAuth & Permissions, and install the app again."
    )
    return wrong(SCOPES, words, mend, is_bearable=not any(each.name in ESSENTIAL for each in lacks))


def app_token(settings: Settings) -> Result:
    """For Socket Mode: may it open a connection?"""
    given = settings.slack_app_token
    if not given:
        return unneeded(APP_TOKEN, "There is no app-level token: Slack sends its requests to the address above.")
    mend = f"Make one with connections:write at {APP_PAGE}, Basic Information, and set RATCHET_SLACK_APP_TOKEN to it."
    if not given.startswith("xapp-"):
        return wrong(APP_TOKEN, "RATCHET_SLACK_APP_TOKEN is not an app-level token: those begin with xapp-.", mend)
    answer = Asking(settings, given).ask("apps.connections.open")
    if answer.is_good:
        return right(APP_TOKEN, "Socket Mode can be used: flask --app wsgi slack socket.")
    if answer.silence or answer.error == "ratelimited":
        return unknown(APP_TOKEN, f"Slack does not answer: {answer.silence or answer.error}", "Try again in a minute.")
    if answer.error == "not_allowed_token_type":
        return wrong(APP_TOKEN, "The token is not one for Socket Mode.", mend)
    return wrong(
        APP_TOKEN, f"Slack refuses the app-level token: {answer.error}.", f"Turn Socket Mode on in the app. {mend}"
    )
