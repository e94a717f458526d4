"""For machines that keep Ratchet running: is it alive, is it ready, how does it do."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from app import migrate
from app.parts import parts

page = Blueprint("ops", __name__)


@page.get("/healthz")
def healthz() -> Response:
    """The process answers. Asks nothing else: a slow database is no reason to kill the process."""
    return jsonify(status="ok")


@page.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Requests can be served: the database answers and has this version's tables."""
    try:
        is_current = migrate.current(parts().engine) == migrate.head()
    except SQLAlchemyError:
        return jsonify(status="unready", reason="The database does not answer."), 503
    if not is_current:
        return jsonify(status="unready", reason="The database needs migrating: run flask --app wsgi migrate."), 503
    return jsonify(status="ok"), 200


@page.get("/metrics")
def metrics() -> Response:
    """Prometheus text; counts of requests by route, nothing about incidents."""
    if not parts().settings.metrics:
        abort(404)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
