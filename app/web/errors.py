"""Every error in words: a page for people, problem details (RFC 9457) for machines."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, Response, g, json, render_template, request
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from app.domain.errors import Conflict, NotAllowed, NotFound, Refused
from app.web.auth import ask_to_sign_in, is_kept

log = structlog.get_logger("ratchet.web")


def install(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(
        NotAllowed, lambda error: answer(403, "You may not do this", str(error), code=error.code)
    )
    app.register_error_handler(NotFound, lambda error: answer(404, "Not found", str(error)))
    app.register_error_handler(Conflict, lambda error: answer(409, "Somebody else was first", str(error)))
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(RateLimitExceeded, _too_often)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(DataError, _unkeepable)
    app.register_error_handler(Exception, _crash)


def answer(status: int, title: str, detail: str, **more: Any) -> Response:
    """The one shape of an error: `errors` lists code, sentence and field of each missing or wrong thing."""
    if _wants_json():
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
        return Response(json.dumps(problem), status, mimetype="application/problem+json")
    body = render_template(
        "errors/error.html", status=status, title=title, detail=detail, request_id=g.get("request_id"), **more
    )
    return Response(body, status, mimetype="text/html")


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _refused(error: Refused) -> Response:
    listed = [{"code": each.code, "sentence": each.sentence, "field": each.field} for each in error.refusals]
    return answer(422, "This is not possible yet", str(error), errors=listed)


def _stale_form(_error: CSRFError) -> Response:
    if not current_user.is_authenticated:
        return ask_to_sign_in()  # type: ignore[return-value] # Flask's Response is Werkzeug's
    kept = [(name, value) for name, values in request.form.lists() if is_kept(name) for value in values]
    return Response(
        render_template("auth/resend.html", action=request.full_path.rstrip("?"), kept=kept), 400, mimetype="text/html"
    )


def _too_often(_error: RateLimitExceeded) -> Response:
    return answer(429, "Too many attempts", "Wait some minutes, then try again.")


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    words = {
        404: ("Not found", "There is no such page, or you may not see it."),
        405: ("Not possible", "This page cannot be used in that way."),
        413: ("Too large", "What was sent is too large. Shorten it and send it again."),
    }.get(status, (error.name, error.description or ""))
    return answer(status, *words)


def _unkeepable(_error: DataError) -> Response:
    """What no form has caught: PostgreSQL keeps no NUL, and no number beyond its columns."""
    return answer(400, "This cannot be kept", "Something that was sent has a NUL character, or is too large a number.")


def _database(error: OperationalError) -> Response:
    log.error("database does not answer", exc_info=error)
    return answer(503, "The database does not answer", "Nothing was saved. Go back and send it again in a moment.")


def _crash(error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    return answer(500, "Something broke", "Nothing was saved. It is our mistake; the log has the details.")
