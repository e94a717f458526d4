"""Results of checks that another tool has run: CI posts pass or fail for a service."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.api import asking, batch, bodies, body, shapes
from app.api.v1 import JSON, operation, shown
from app.domain.errors import Refused
from app.workflow import adoption

SOURCE = "API"


@operation("POST", "/checks/<int:check_id>/results", takes=(JSON,), gives=shapes.Results)
def report(check_id: int) -> Response:
    """Report one result, or a list of at most 1,000, of a check of kind reported or experiment."""
    told = body.told()
    many = told if isinstance(told, list) else [told]
    if not 1 <= len(many) <= bodies.RESULTS_MAX:
        raise Refused.because("body.wrong", f"Send 1 to {bodies.RESULTS_MAX:,} results; there are {len(many)}.")

    def step(service: str, given: Any) -> shapes.Evidence:
        return _report(check_id, body.checked(bodies.Result, given))

    found = batch.take(((_service_of(each), each) for each in many), step)
    if not found.accepted:
        return found.problem()
    return shown(shapes.Results(accepted=found.accepted, refused=found.refused))


def _service_of(given: Any) -> str:
    name = given.get("service") if isinstance(given, dict) else None
    return name[:100].encode("utf-8", "replace").decode() if isinstance(name, str) else ""


def _report(check_id: int, told: bodies.Result) -> shapes.Evidence:
    with asking.begin() as work:
        adoption.report_result(
            work, check_id, told.service, told.result, message=told.message, link=told.link, source=SOURCE,
            at=told.at, by=asking.by(), now=asking.now(),
        )  # fmt: skip
    return shapes.Evidence(service=told.service, result=told.result, message=told.message)
