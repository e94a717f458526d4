"""Every error as problem details (RFC 9457): one shape, with a sentence for each thing that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from flask import Blueprint, Response, g, json
from flask_limiter import RateLimitExceeded
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.domain.errors import Conflict, NotAllowed, NotFound, Refusal, Refused

log = structlog.get_logger("ratchet.api")
PROBLEM = "application/problem+json"
_WORDS = {
    400: ("This cannot be read", "Send a body that is well-formed."),
    404: ("Not found", "There is no such address. GET /api/v1/openapi.json lists all of them."),
    405: ("Not possible", "This address does not answer this method; the header Allow names those that it does."),
    413: ("Too large", "What was sent is too large. Send it in several parts."),
    415: ("Not this content type", "Send JSON, with “Content-Type: application/json”."),
    429: ("Too many requests", "Wait until the time that the header Retry-After gives, then go on."),
}


def install(page: Blueprint) -> None:
    """Answer whatever goes wrong in a view of the API, before the pages' handlers hear of it."""
    page.register_error_handler(RateLimitExceeded, of)  # the pages have one for just this class, which would be nearer
    page.register_error_handler(Exception, of)


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """The one shape of an error."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return Response(json.dumps({**body, "request_id": g.get("request_id", "")}), status, mimetype=PROBLEM)


def of(error: BaseException) -> Response:
    """The answer to anything that was raised. What nobody expected is logged, and told as our mistake."""
    for kind, answer in _ANSWERS:
        if isinstance(error, kind):
            found: Response = answer(error)
            return found
    log.error("unexpected error", exc_info=error)
    return problem(500, "Something broke", "It is our mistake; the log has the details under this request_id.")


def unauthorized(detail: str) -> Response:
    """For whoever shows no token, or none that works."""
    answer = problem(401, "A token is needed", detail)
    answer.headers["WWW-Authenticate"] = 'Bearer realm="Ratchet"'
    return answer


def listed(refusals: Sequence[Refusal]) -> list[dict[str, Any]]:
    """Code, sentence and field of each missing or wrong thing."""
    return [{"code": each.code, "sentence": each.sentence, "field": each.field} for each in refusals]


def refused(refusals: Sequence[Refusal], **more: Any) -> Response:
    """Nothing was changed, and this is why."""
    sentences = " ".join(dict.fromkeys(each.sentence for each in refusals[:10]))
    return problem(422, "This is not possible", sentences, errors=listed(refusals), **more)


def _conflict(error: Conflict) -> Response:
    return problem(409, "Somebody else was first", f"{error.who} saved this meanwhile. Read it again, then send yours.")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # a redirect to a tidier address: machines should be told where they are wrong
        status = 404
    title, words = _WORDS.get(status, (error.name, error.description or error.name))
    if status in (400, 415) and type(error).description != error.description:
        words = error.description or words
    answer = problem(status, title, words)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def _at_once(_error: IntegrityError) -> Response:
    return problem(409, "Somebody else was first", "The same was sent twice at this moment. Read it, then send yours.")


def _database(error: OperationalError | NoConnection) -> Response:
    log.error("database does not answer", exc_info=error)
    answer = problem(503, "The database does not answer", "Send it again in a moment.")
    answer.headers["Retry-After"] = "5"
    return answer


def _unkeepable(_error: DataError) -> Response:
    return problem(422, "This cannot be kept", "Something that was sent is no value that a database keeps.")


_ANSWERS: tuple[tuple[type[BaseException], Any], ...] = (
    (Refused, lambda error: refused(error.refusals)),
    (NotAllowed, lambda error: problem(403, "This token may not do this", str(error), code=error.code)),
    (NotFound, lambda error: problem(404, "Not found", str(error))),
    (Conflict, _conflict),
    (OperationalError, _database),
    (NoConnection, _database),
    (IntegrityError, _at_once),
    (DataError, _unkeepable),
    (HTTPException, _http),
)
