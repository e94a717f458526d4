"""Where the wiring finds the API: every noun, its guard, its limit of requests."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_wtf import CSRFProtect

from app.api import (
    asking,
    auth,
    catalogue,
    experiment,
    facts,
    incident,
    openapi,
    practice,
    report,
    result,
    service,
    standing,
    team,
)
from app.api.v1 import v1

NOUNS = (facts, result, experiment, catalogue, service, team, incident, practice, report, standing, openapi)
PER_MINUTE = 1_200


def install(app: Flask, csrf: CSRFProtect) -> None:
    """Offer the API. Its guard comes before its limit, which counts by token; a session counts for nothing here."""
    auth.install(app)
    app.after_request(_say_when_to_retry)  # before the limiter is installed, and so after it has set its headers
    limiter = Limiter(_whose, headers_enabled=True, key_prefix="api")
    limiter.init_app(app)
    limiter.shared_limit(f"{PER_MINUTE}/minute", scope="api")(v1)
    csrf.exempt(v1)
    app.register_blueprint(v1)


def _say_when_to_retry(response: Response) -> Response:
    """Only where there is something to try again: the limiter says it always."""
    if auth.is_api(request.path) and response.status_code < 400:
        response.headers.pop("Retry-After", None)
    return response


def _whose() -> str:
    return str(asking.token().id)
