"""A chaos experiment's journal becomes evidence: the same step for the API and for the command line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.domain import people
from app.domain.automation import EXPERIMENT
from app.domain.errors import NotFound, Refused
from app.domain.people import Actor
from app.intake.chaos_journal import Journal
from app.intake.problem import quoted
from app.models.automation import Check, Evidence
from app.workflow import adoption
from app.workflow.unit_of_work import Work

SOURCE = "Chaos Toolkit"


def report_journal(
    work: Work, check_id: int, service_name: str, journal: Journal, *, link: str = "", by: Actor, now: datetime
) -> Evidence:
    """What an experiment has shown of a service. Refused: the check waits for another experiment, by its title."""
    people.require(by, "report")
    check = work.session.execute(select(Check.kind, Check.expression).where(Check.id == check_id)).one_or_none()
    if check is None:
        raise NotFound("There is no such check.")
    if check.kind != EXPERIMENT:
        words = f"This check is of kind {check.kind}: it does not read journals of experiments."
        raise Refused.because("check.not_experiment", words)
    wanted = " ".join(check.expression.split())
    if wanted and wanted.casefold() != journal.title.casefold():
        words = f"This check waits for the experiment {quoted(wanted)}; this journal is of {quoted(journal.title)}."
        raise Refused.because("experiment.other_title", words, "experiment.title")
    return adoption.report_result(
        work, check_id, service_name, journal.result, message=journal.message, link=link, source=SOURCE,
        at=journal.at, by=by, now=now,
    )  # fmt: skip
