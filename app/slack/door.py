"""The door that Slack uses: POST /slack/events for everything, and the pages by which the app is installed elsewhere.

Nobody signs in here: the signature is what Slack is known by. A bad one, an old one and one of another workspace are
refused before anything is read.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from urllib.parse import parse_qs

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from flask_login import current_user
from flask_wtf import CSRFProtect
from slack_bolt import App
from slack_bolt.adapter.flask.handler import SlackRequestHandler, to_bolt_request, to_flask_response
from slack_bolt.oauth import OAuthFlow
from slack_sdk.signature import Clock, SignatureVerifier

from app.domain.errors import NotAllowed
from app.parts import parts
from app.slack import errors
from app.slack.bot import Bot
from app.slack.oauth import may_install
from app.slack.setup.hearing import HEARING, OURS
from app.slack.workspaces import Workspaces
from config import Settings

page = Blueprint("slack", __name__)
log = structlog.get_logger("ratchet.slack")
OPEN_MAX_SECONDS = 300


@dataclass(frozen=True)
class Door:
    """What stands behind the door; the wiring hands it in."""

    bolt: App
    bot: Bot
    workspaces: Workspaces
    oauth: OAuthFlow | None


def install(app: Flask, csrf: CSRFProtect, door: Door) -> None:
    """Open the door. A request from Slack has no form of ours, so no token against forgery: it has a signature."""
    app.extensions["ratchet.slack"] = door
    csrf.exempt(page)
    app.register_blueprint(page)


@page.post("/slack/events")
def events() -> Response:
    """Commands, clicks, forms, shortcuts and events."""
    settings, now = parts().settings, parts().clock()
    body = request.get_data(as_text=True)
    if (because := refusal(settings, dict(request.headers), body, time.time())) is not None:
        HEARING.refused(now, because)
        log.warning("a request to the door of Slack was refused", because=because)
        return _problem(401, "This request is not known to be Slack's", f"It was refused because {because}.")
    is_ours = OURS in request.headers
    if not is_ours:
        HEARING.took(now)
    team = team_of(body)
    try:
        if team is not None and not is_ours and _door().workspaces.client_of(team) is None:
            log.warning("a request of another workspace was refused", team=team[:20])
            return _problem(403, "This workspace has not installed Ratchet", "Ask an administrator to install it.")
    except errors.FAILURES:
        return _problem(503, "Slack does not answer", "Whose the token is cannot be told just now. Send it again.")
    return SlackRequestHandler(_door().bolt).handle(request)


@page.get("/slack/install")
@page.get("/slack/oauth_redirect")
def oauth() -> Response:
    """Begin or complete an installation: only an administrator who is signed in."""
    if not may_install(current_user.actor):
        raise NotAllowed("Only administrators may install Ratchet in a workspace. Ask one of them.")
    flow = _door().oauth
    if flow is None:
        return _problem(404, "There is one workspace", "Set RATCHET_SLACK_CLIENT_ID and its secret for several.")
    of = to_bolt_request(request)
    made = flow.handle_installation(of) if request.path.endswith("/install") else flow.handle_callback(of)
    return to_flask_response(made)


def refusal(settings: Settings, headers: dict[str, str], body: str, now: float) -> str | None:
    """Why a request is not taken for Slack's, completing "refused because …"; None: it has a good signature. While a
    secret is replaced, both are good."""
    secrets = [each.strip() for each in settings.slack_signing_secret.split(",") if each.strip()]
    if not secrets:
        return "no signing secret is set"
    told = {name.lower(): value for name, value in headers.items()}
    at, signature = told.get("x-slack-request-timestamp", ""), told.get("x-slack-signature", "")
    if not at.isdecimal() or len(at) > 12:
        return "it has no time"
    if abs(now - int(at)) > OPEN_MAX_SECONDS:
        return "it is older than five minutes, or the clock of this machine is wrong"
    clock = _At(now)
    if not signature.isascii() or not any(
        SignatureVerifier(secret, clock).is_valid(body, at, signature) for secret in secrets
    ):
        return "its signature does not fit"
    return None


class _At(Clock):
    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now


def team_of(body: str) -> str | None:
    """The workspace that a payload is of; None: it names none, such as when Slack tries the address."""
    try:
        if body.lstrip().startswith("{"):
            told = json.loads(body)
        else:
            fields = parse_qs(body)
            told = json.loads(fields["payload"][0]) if "payload" in fields else {k: v[0] for k, v in fields.items()}
    except (ValueError, KeyError):
        return None
    if not isinstance(told, dict):
        return None
    team = told.get("team")
    found = told.get("team_id") or (team.get("id") if isinstance(team, dict) else None)
    found = found or (told["user"].get("team_id") if isinstance(told.get("user"), dict) else None)
    return str(found) if found else None


def _door() -> Door:
    found: Door = current_app.extensions["ratchet.slack"]
    return found


def _problem(status: int, title: str, detail: str) -> Response:
    """RFC 9457."""
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(json.dumps(told), status, content_type="application/problem+json")
