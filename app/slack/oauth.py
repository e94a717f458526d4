"""Installing the app in several workspaces: who may begin it, what Slack is asked for, and the pages at its end."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from html import escape

from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.state_store import OAuthStateStore
from sqlalchemy import delete

from app.domain.people import Actor, may
from app.models.slack import SlackState
from app.slack.installations import Installations
from app.slack.setup import address
from app.slack.setup.scopes import NAMES
from app.workflow.unit_of_work import UnitOfWork
from config import Settings

log = logging.getLogger(__name__)
STATE_MINUTES = 10
INSTALL_PATH = "/slack/install"
SETUP_PATH = "/slack/setup"
# What bolt and Slack call it, and what people can do about it.
REASONS = {
    "access_denied": "You have not allowed it. Nothing was changed.",
    "invalid_browser": "It was begun in another browser or too long ago, or Ratchet is not reached by https.",
    "invalid_state": "It was begun too long ago, or was completed already.",
    "missing_code": "Slack sent nothing to complete it with.",
    "invalid_code": "Slack did not accept the client id and secret of this Ratchet, or the time was over.",
    "storage_error": "The installation could not be saved. The log says why.",
}
USUAL = "Slack has stopped it."
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title} · Ratchet</title>
<link rel="stylesheet" href="/static/css/tokens.css"><link rel="stylesheet" href="/static/css/base.css">
<link rel="stylesheet" href="/static/css/components.css"></head>
<body><div class="bare"><main id="content" class="bare-box stack"><h1>{title}</h1><p>{words}</p>
<p><a class="btn btn-primary" href="{url}">{label}</a></p></main></div></body></html>
"""


class States(OAuthStateStore):
    """Installations that somebody has begun: each can be completed once, within ten minutes."""

    def __init__(self, begin: UnitOfWork, clock: Callable[[], datetime]) -> None:
        self.begin, self.clock = begin, clock

    @property
    def logger(self) -> logging.Logger:
        return log

    def issue(self, *_: object, **__: object) -> str:
        state, now = secrets.token_urlsafe(32), self.clock()
        with self.begin() as work:
            work.session.execute(delete(SlackState).where(SlackState.expires_at <= now))
            work.session.add(SlackState(state=state, expires_at=now + timedelta(minutes=STATE_MINUTES)))
        return state

    def consume(self, state: str) -> bool:
        of = SlackState
        told = delete(of).where(of.state == (state or "").replace("\x00", ""), of.expires_at > self.clock())
        with self.begin() as work:
            return bool(work.session.connection().execute(told).rowcount)


def oauth_settings(settings: Settings, installations: Installations, states: States) -> OAuthSettings | None:
    """For bolt's `App(oauth_settings=…)`. None: one workspace, with the token of the settings."""
    if not (settings.slack_client_id and settings.slack_client_secret):
        return None
    _hush()
    return OAuthSettings(
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret,
        scopes=list(NAMES),
        user_scopes=[],
        redirect_uri=address.at(settings.base_url, address.REDIRECT_PATH),
        install_path=INSTALL_PATH,
        install_page_rendering_enabled=False,  # our own page has the button
        redirect_uri_path=address.REDIRECT_PATH,
        installation_store=installations,
        installation_store_bot_only=True,
        state_store=states,
        callback_options=CallbackOptions(success=_done, failure=_failed),
    )


def _hush() -> None:
    """At level debug slack_sdk logs every answer, also the one that brings the token."""
    talker = logging.getLogger("slack_sdk.web.base_client")
    talker.setLevel(max(logging.INFO, logging.getLogger().level))


def may_install(actor: Actor | None) -> bool:
    """Only an administrator who is signed in begins an installation, and completes it."""
    return actor is not None and may(actor, "manage_people")


def forget(
    installations: Installations, team_id: str | None, enterprise_id: str | None, *, at: datetime | None = None
) -> bool:
    """The app was uninstalled or its bot token revoked: its tokens are removed. `at` is the event's own time: one that
    comes late says nothing about an installation made since. Whether anything was removed."""
    return installations.forget(enterprise_id=enterprise_id, team_id=team_id, not_after=at)


def _done(args: SuccessArgs) -> BoltResponse:
    of = args.installation
    name = of.team_name or of.enterprise_name or "your workspace"
    words = f"Ratchet is installed in {escape(name)}. Now invite it to private channels, and let the checks run."
    return _page(200, "Installed", words, "Check the connection", args.settings)


def _failed(args: FailureArgs) -> BoltResponse:
    words = f"{REASONS.get(args.reason, USUAL)} Begin again on the page that connects Slack."
    return _page(args.suggested_status_code, "Not installed", words, "Connect Slack", args.settings)


def _page(status: int, title: str, words: str, label: str, settings: OAuthSettings) -> BoltResponse:
    return BoltResponse(
        status=status,
        headers={
            "Content-Type": "text/html; charset=utf-8",
            "Set-Cookie": settings.state_utils.build_set_cookie_for_deletion(),
        },
        body=PAGE.format(title=title, words=words, url=SETUP_PATH, label=label),
    )
