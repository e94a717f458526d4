"""Who may use the API: whoever shows a token. Cookies never count here, so nothing can be forged for a browser."""

from __future__ import annotations

import functools
from datetime import datetime

import structlog
from flask import Flask, Response, after_this_request, g, request
from sqlalchemy.exc import SQLAlchemyError

from app.api import asking, errors
from app.parts import Parts, parts
from app.queries import tokens as rows
from app.workflow import tokens

log = structlog.get_logger("ratchet.api")
HEADER = "Send a token: “Authorization: Bearer rtk_…”. You make one on your account page."
LONGEST_TOKEN = 200
LARGEST_BODY = 16 * 1024 * 1024  # a thousand services with two hundred facts each


def is_api(path: str) -> bool:
    """True for every address under /api, also for those that do not exist."""
    return path == "/api" or path.startswith("/api/")


def install(app: Flask) -> None:
    """Ask every request under /api for a token, before anything else of it is looked at."""
    app.before_request(_ask)
    app.teardown_appcontext(asking.close)


def _ask() -> Response | None:
    if not is_api(request.path):
        return None
    request.max_content_length = LARGEST_BODY
    try:
        refusal = _authenticate()
    except SQLAlchemyError as error:
        return errors.of(error)
    if refusal is not None:
        return refusal
    if request.routing_exception is not None:  # no such address, or not this method: known before there is a view
        return errors.of(request.routing_exception)
    return None


def _authenticate() -> Response | None:
    """None, and the token is in `g`; or the answer for whoever has none."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    secret = secret.strip()
    if kind.lower() != "bearer" or not secret:
        return errors.unauthorized(HEADER)
    now = asking.now()
    is_long = len(secret) > LONGEST_TOKEN
    found = None if is_long else rows.shown(asking.reading(), tokens.digest(secret), now.date())
    if found is None or found.problem:
        return errors.unauthorized(found.problem if found else "There is no such token. " + HEADER)
    g.api_token = found
    structlog.contextvars.bind_contextvars(token=found.id, acts_as=found.actor.id)
    if found.last_used_at is None or now - found.last_used_at >= tokens.USE_IS_NOTED_EVERY:
        after_this_request(functools.partial(_note_later, parts(), found.id, now))
    return None


def _note_later(made: Parts, token_id: int, now: datetime, response: Response) -> Response:
    """The use is noted when the answer has gone out: no machine waits for it, and none fails because of it."""

    def note() -> None:
        try:
            with made.begin() as work:
                tokens.note_use(work, token_id, now=now)
        except SQLAlchemyError as error:
            log.warning("use of a token is not noted", token=token_id, reason=str(error))

    response.call_on_close(note)
    return response
