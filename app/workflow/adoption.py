"""Stage 8, adoption: facts, results and attestations come in; the standing of every service follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.domain import automation, lifecycle, people
from app.domain.errors import NotFound, Refused
from app.domain.events import ServiceChanged
from app.domain.people import Actor
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice
from app.models.catalog import Fact, Service
from app.workflow import evaluation, kit
from app.workflow.unit_of_work import Work


def report_facts(
    work: Work, service_name: str, facts: Mapping[str, Any], *, source: str, by: Actor, now: datetime
) -> Service:
    """A service reports facts about itself; the latest value of each key counts. This service is evaluated at once."""
    people.require(by, "attest")
    service = work.session.scalar(select(Service).where(Service.name == service_name).with_for_update())
    if service is None:
        raise NotFound(f"There is no service {service_name}.")
    known = {each.key: each for each in work.session.scalars(select(Fact).where(Fact.service_id == service.id))}
    for key, value in facts.items():
        name = kit.required_line(key, "key", "Give each fact a key.", most=200)
        fact = known.get(name) or Fact(service_id=service.id, key=name)
        fact.value, fact.source, fact.at = value, kit.line(source, "source"), now
        work.session.add(fact)
    work.session.flush()
    work.tell(ServiceChanged(service_id=service.id, by_id=by.id, at=now))
    return service


def attest(
    work: Work, check_id: int, service_name: str, result: str, *, message: str, by: Actor, now: datetime
) -> Evidence:
    """A person says that a service follows a practice, or that it does not; it expires with the check's freshness."""
    number = work.session.scalar(
        select(Practice.number).join(Check, Check.practice_id == Practice.id).where(Check.id == check_id)
    )
    service = work.session.scalar(select(Service).where(Service.name == service_name))
    if number is None or service is None:
        raise NotFound("There is no such check or service.")
    practice = kit.practice(work, number, by, "attest")
    check = work.get(Check, check_id)
    if check.kind != automation.ATTESTED or check.state != automation.ACTIVE_CHECK:
        raise Refused.because("check.not_attested", "Only an active check of kind attested is answered by a person.")
    if service.is_retired:
        raise Refused.because("service.retired", f"{service.name} is retired: nobody asks about it any more.")
    if result not in (automation.PASS, automation.FAIL):
        raise Refused.because("attest.result_unknown", "Choose pass or fail.", "result")
    message = kit.text(message, "message", most=2_000)
    lifecycle.require_reason(message, "Say what you looked at.")
    given = Evidence(check_id=check.id, service_id=service.id, result=result, message=message, by_id=by.id, at=now,
                     received_at=now)  # fmt: skip
    work.session.add(given)
    work.session.flush()
    evaluation.evaluate(work, practice, now=now, service_ids=[service.id])
    return given
