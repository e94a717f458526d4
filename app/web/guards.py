"""What holds for every request: a person behind it, an id in the logs, headers that keep browsers strict."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request, session
from flask_login import current_user
from prometheus_client import Counter, Histogram
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as AnyResponse

from app.web import current
from app.web.auth import ask_to_sign_in

# Routes that answer without a person. A test holds every other route to the guard.
OPEN_ROUTES = frozenset({"auth.sign_in", "static", "ops.healthz", "ops.readyz", "ops.metrics", "slack.events"})
_OWN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
log = structlog.get_logger("ratchet.web")
REQUESTS = Counter("ratchet_http_requests_total", "Requests answered.", ("route", "method", "status"))
SECONDS = Histogram("ratchet_http_request_seconds", "Time to answer a request.", ("route",))


class Number(IntegerConverter):
    """Numbers in paths: as large as ours can be. A larger one names nothing; it would only upset the database."""

    def __init__(self, map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(map, *arguments, **{"max": 999_999_999, **options})


def guard(app: Flask) -> None:
    """Install the guards. Before CSRF protection: a form that comes too late gets its sign-in page, not an error."""
    app.url_map.converters["int"] = Number
    app.before_request(_begin)
    app.before_request(_require_person)
    app.after_request(_finish)
    app.teardown_appcontext(current.close)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _OWN_ID.fullmatch(given) else uuid.uuid4().hex
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _require_person() -> AnyResponse | None:
    if request.endpoint in OPEN_ROUTES or request.path == "/api" or request.path.startswith("/api/"):
        return None  # app/api/auth.py asks machines for a token
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    _keep_session()
    return None


def _keep_session() -> None:
    """A session lasts so many hours from the last click, give or take a twenty-fourth part of them."""
    seconds = current_app.permanent_session_lifetime.total_seconds()
    now = current.now().timestamp()
    if now - session.get("at", 0) > seconds / 24:
        session["at"] = now


def _finish(response: Response) -> Response:
    response.headers.update(HEADERS)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
        _measure(response)
    return response


def _measure(response: Response) -> None:
    route = request.url_rule.rule if request.url_rule else "unknown"  # never the path: it holds numbers of incidents
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    REQUESTS.labels(route, request.method, response.status_code).inc()
    SECONDS.labels(route).observe(seconds)
    person = g.get("_login_user")  # only if somebody asked who it is: a health check loads nobody
    log.info(
        "request", method=request.method, route=route, status=response.status_code, ms=round(seconds * 1000, 1),
        person=person.get_id() if person else None,
    )  # fmt: skip
