"""Stage 8, adoption: facts, results and attestations come in; the standing of every service follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app import cel
from app.domain import adoption as rules
from app.domain import automation, lifecycle, people
from app.domain.errors import NotFound, Refused
from app.domain.events import ServiceChanged
from app.domain.people import Actor
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice
from app.models.catalog import Fact, Service, keep_facts
from app.workflow import evaluation, kit
from app.workflow.unit_of_work import Work


def report_facts(
    work: Work, service_name: str, facts: Mapping[str, Any], *, source: str, by: Actor, now: datetime,
    at: datetime | None = None,
) -> Service:  # fmt: skip
    """A service reports facts about itself, seen now or at an earlier instant. What was seen last counts; null takes a
    fact back. This service is evaluated at once. Refused: a key, the time, or the size of it all."""
    people.require(by, "report")
    # Not FOR UPDATE: whoever declares an incident of this service need not wait.
    locked = select(Service).where(Service.name == service_name).with_for_update(key_share=True)
    service = work.session.scalar(locked)
    if service is None:
        raise NotFound(f"There is no service {service_name}.")
    seen_at = rules.require_past(at or now, now)
    source = kit.line(source, "source")
    rows = select(Fact.key, Fact.value, Fact.at).where(Fact.service_id == service.id)
    known = {key: (value, last) for key, value, last in work.session.execute(rows)}
    told, gone = dict[str, Any](), set[str]()
    for key, value in facts.items():
        name = kit.required_line(key, "key", "Give each fact a key.", most=200)
        if name in known and known[name][1] > seen_at:
            continue  # it came late: something newer is known
        if value is not None:
            told[name] = value
        elif name in known:
            gone.add(name)
    kept = {key: value for key, (value, _) in known.items() if key not in gone} | told
    try:
        _ = cel.Values({"facts": kept}).context
    except cel.ExpressionError as error:
        raise Refused.because("facts.unreadable", str(error), "facts") from None
    if gone:
        work.session.execute(delete(Fact).where(Fact.service_id == service.id, Fact.key.in_(gone)))
    keep_facts(
        work.session,
        [{"service_id": service.id, "key": key, "value": value, "source": source, "at": seen_at}
         for key, value in told.items()],
    )  # fmt: skip
    work.tell(ServiceChanged(service_id=service.id, by_id=by.id, at=now))
    return service


def report_result(
    work: Work, check_id: int, service_name: str, result: str, *, message: str, by: Actor, now: datetime,
    link: str = "", source: str = "", at: datetime | None = None,
) -> Evidence:  # fmt: skip
    """A tool says whether a service passes a check, seen now or earlier. It counts once the check is active."""
    practice, check, service = _asked(work, check_id, service_name, by, "report")
    if check.kind not in (automation.REPORTED, automation.EXPERIMENT):
        raise Refused.because("check.not_reported", "Only checks of kind reported or experiment take results.")
    if result not in automation.RESULTS:
        raise Refused.because("result.unknown", f"Choose one of {', '.join(automation.RESULTS)}.", "result")
    given = Evidence(
        check_id=check.id, service_id=service.id, result=result, message=kit.text(message, "message", most=2_000),
        link=automation.require_link(kit.line(link, "link", most=2_000)), source=kit.line(source, "source"),
        by_id=by.id, at=rules.require_past(at or now, now), received_at=now,
    )  # fmt: skip
    return _take(work, practice, given, now)


def attest(
    work: Work, check_id: int, service_name: str, result: str, *, message: str, by: Actor, now: datetime
) -> Evidence:
    """A person says that a service follows a practice, or that it does not; it expires with the check's freshness."""
    practice, check, service = _asked(work, check_id, service_name, by, "attest")
    if check.kind != automation.ATTESTED or check.state != automation.ACTIVE_CHECK:
        raise Refused.because("check.not_attested", "Only an active check of kind attested is answered by a person.")
    if result not in (automation.PASS, automation.FAIL):
        raise Refused.because("attest.result_unknown", "Choose pass or fail.", "result")
    message = kit.text(message, "message", most=2_000)
    lifecycle.require_reason(message, "Say what you looked at.")
    given = Evidence(
        check_id=check.id, service_id=service.id, result=result, message=message, by_id=by.id, at=now, received_at=now
    )  # fmt: skip
    return _take(work, practice, given, now)


def _asked(work: Work, check_id: int, service_name: str, by: Actor, action: str) -> tuple[Practice, Check, Service]:
    """The check, its practice (locked) and the service that is spoken of."""
    number = work.session.scalar(
        select(Practice.number).join(Check, Check.practice_id == Practice.id).where(Check.id == check_id)
    )
    service = work.session.scalar(select(Service).where(Service.name == service_name))
    if number is None or service is None:
        raise NotFound("There is no such check or service.")
    if service.is_retired:
        raise Refused.because("service.retired", f"{service.name} is retired: nobody asks about it any more.")
    return kit.practice(work, number, by, action), work.get(Check, check_id), service


def _take(work: Work, practice: Practice, given: Evidence, now: datetime) -> Evidence:
    work.session.add(given)
    work.session.flush()
    evaluation.evaluate(work, practice, now=now, service_ids=[given.service_id])
    return given
