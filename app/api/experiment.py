"""Journals of chaos experiments, read as Chaos Toolkit writes them."""

from __future__ import annotations

from flask import Response

from app.api import asking, bodies, body, shapes
from app.api.v1 import JSON, operation, shown
from app.domain.errors import Refusal, Refused
from app.intake import chaos_journal
from app.intake.problem import Problem, Unreadable
from app.workflow.experiment import report_journal


@operation(
    "POST", "/checks/<int:check_id>/experiments", query=bodies.OfExperiment, takes=(JSON,), gives=shapes.Evidence
)
def report(check_id: int, query: bodies.OfExperiment) -> Response:
    """Take a journal.json of Chaos Toolkit, as it is, as evidence of a service."""
    try:
        journal = chaos_journal.read(body.told())
    except Unreadable as error:
        raise Refused(_refusal(each) for each in error.problems) from None
    with asking.begin() as work:
        report_journal(work, check_id, query.service, journal, link=query.link, by=asking.by(), now=asking.now())
    return shown(shapes.Evidence(service=query.service, result=journal.result, message=journal.message))


def _refusal(problem: Problem) -> Refusal:
    return Refusal("journal.unreadable", f"{problem.field}: {problem.reason}.", problem.field)
