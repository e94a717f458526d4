"""Stage 8, adoption: facts and attestations come in, the standing of every service follows, practice by practice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain import adoption as rules
from app.domain import automation, lifecycle, people
from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.events import PracticeAdopted, PracticeChanged, PracticeSlipped, ServiceChanged
from app.domain.people import RATCHET, Actor
from app.models.adoption import Exemption, Standing
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice
from app.models.catalog import Fact, Service
from app.queries import evidence as latest
from app.queries.criteria import standing_counts
from app.queries.verdicts import Subject, applies, subjects, verdict
from app.workflow import kit
from app.workflow.unit_of_work import Work

EVALUATED = (lifecycle.AUTOMATED, lifecycle.ADOPTED, lifecycle.SLIPPED)
EXEMPTION_MAX_DAYS = 366


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
    given = Evidence(check_id=check.id, service_id=service.id, result=result, message=message, by_id=by.id, at=now)
    work.session.add(given)
    work.session.flush()
    evaluate(work, practice, now=now, service_ids=[service.id])
    return given


def exempt(
    work: Work, practice_number: int, service_name: str, *, reason: str, expires_on: date, by: Actor, now: datetime
) -> Exemption:
    """A service is excused from a practice, for a reason, until a day. A second exemption replaces the first."""
    practice = kit.practice(work, practice_number, by, "exempt")
    service = _service(work, service_name)
    if by.id is None:
        raise NotAllowed("An exemption is granted by a named person.")
    reason = kit.text(reason, "reason", most=2_000)
    if not reason:
        raise Refused.because("exemption.reason_missing", "Say why the service is excused.", "reason")
    if not now.date() <= expires_on <= now.date() + timedelta(days=EXEMPTION_MAX_DAYS):
        raise Refused.because("exemption.date_wrong", "Choose a last day from today to a year from now.", "expires_on")
    row = work.session.scalar(_exemption(practice, service)) or Exemption(
        practice_id=practice.id, service_id=service.id
    )
    row.reason, row.expires_on, row.granted_by_id, row.at = reason, expires_on, by.id, now
    work.session.add(row)
    _exemption_changed(work, practice, f"{service.name} is exempt until {expires_on}: {reason}", by, now)
    return row


def end_exemption(work: Work, practice_number: int, service_name: str, *, by: Actor, now: datetime) -> None:
    """The service is no longer excused."""
    practice = kit.practice(work, practice_number, by, "exempt")
    service = _service(work, service_name)
    row = work.session.scalar(_exemption(practice, service))
    if row is None:
        raise Refused.because("exemption.none", f"{service.name} is not exempt from {practice.name}.")
    work.session.delete(row)
    _exemption_changed(work, practice, f"{service.name} is no longer exempt.", by, now, verb="end_exemption")


def refresh(work: Work, practice_number: int, *, now: datetime) -> None:
    """Time has passed: evidence may be stale and exemptions over. The worker does this for every practice."""
    evaluate(work, kit.practice(work, practice_number, RATCHET, "see"), now=now)


def evaluate_service(work: Work, service_id: int, *, now: datetime) -> None:
    """One service is different: its standing on every practice, and on nothing else."""
    practices = work.session.scalars(
        select(Practice)
        .where(Practice.state.in_(EVALUATED))
        .order_by(Practice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    found = subjects(work.session, [service_id])
    for practice in practices:
        _evaluate(work, practice, found, [service_id], now)
        _decide(work, practice, now)


def evaluate(work: Work, practice: Practice, *, now: datetime, service_ids: Sequence[int] | None = None) -> None:
    """The standing of every service on one practice (locked), and with it whether it is adopted or has slipped."""
    if practice.state not in EVALUATED:
        return
    _evaluate(work, practice, subjects(work.session, service_ids), service_ids, now)
    _decide(work, practice, now)


def _evaluate(
    work: Work, practice: Practice, found: Sequence[Subject], service_ids: Sequence[int] | None, now: datetime
) -> None:
    session = work.session
    checks = session.scalars(
        select(Check).where(Check.practice_id == practice.id, Check.state == automation.ACTIVE_CHECK)
    ).all()
    seen = latest.latest(session, [each.id for each in checks], service_ids)
    is_exempt = _exempt_until(session, practice.id, now)
    standings = _standings(session, practice.id, service_ids)
    for subject in found:
        does_apply = applies(practice.selector, subject)
        observed = [_observe(session, check, subject, seen) for check in checks] if does_apply else []
        now_at = rules.standing(
            applies=does_apply is not False, is_exempt=subject.id in is_exempt,
            observed=[rules.Observed(each.result, each.at, days) if each else None for each, days in observed], now=now,
        )  # fmt: skip
        message = next((each.message for each, _ in observed if each and each.message), "")
        row = standings.pop(subject.id, None)
        if row is None:
            row = Standing(practice_id=practice.id, service_id=subject.id, standing=now_at, since=now)
            session.add(row)
        elif row.standing != now_at:
            row.standing, row.since = now_at, now
        row.message = message
    for gone in standings.values():  # retired meanwhile
        session.delete(gone)
    session.flush()


def _observe(
    session: Session, check: Check, on: Subject, seen: Mapping[tuple[int, int], Evidence]
) -> tuple[Evidence | None, int]:
    last = seen.get((check.id, on.id))
    if check.kind == automation.FACTS and on.reported_at is not None:
        result, message = verdict(check.expression, on)
        if last is None or (last.result, last.message) != (result, message):
            last = Evidence(check_id=check.id, service_id=on.id, result=result, message=message, at=on.reported_at)
            session.add(last)
        elif last.at != on.reported_at:
            last.at = on.reported_at  # the same result, seen again: it is as fresh as the facts are
    return last, check.freshness_days


def _decide(work: Work, practice: Practice, now: datetime) -> None:
    counts = standing_counts(work.session, [practice.id]).get(practice.id, [])
    progress = rules.progress(practice.name, counts, practice.target_percent)
    words = f"{progress.adopted} of {progress.applicable} services have adopted it; the target is {progress.needed}."
    was = practice.state
    event: type[PracticeAdopted | PracticeSlipped]
    if progress.is_met and was in (lifecycle.AUTOMATED, lifecycle.SLIPPED):
        verb, event = "adopt", PracticeAdopted
    elif not progress.is_met and progress.applicable and was == lifecycle.ADOPTED:  # nobody left to adopt is no slip
        verb, event = "slip", PracticeSlipped
    else:
        return
    practice.state, practice.state_since = lifecycle.practice_step(was, verb), now
    move = kit.record_practice(work, practice, verb, was=was, by=RATCHET, now=now, why=words)
    work.tell(event(move_id=move, practice_id=practice.id, by_id=None, at=now))


def _standings(session: Session, practice_id: int, service_ids: Sequence[int] | None) -> dict[int, Standing]:
    rows = select(Standing).where(Standing.practice_id == practice_id)
    if service_ids is not None:
        rows = rows.where(Standing.service_id.in_(service_ids))
    return {row.service_id: row for row in session.scalars(rows)}


def _exempt_until(session: Session, practice_id: int, now: datetime) -> set[int]:
    """The services that are exempt today; an exemption holds through its last day, in UTC."""
    rows = select(Exemption.service_id).where(Exemption.practice_id == practice_id, Exemption.expires_on >= now.date())
    return set(session.scalars(rows))


def _service(work: Work, name: str) -> Service:
    found = work.session.scalar(select(Service).where(Service.name == name))
    if found is None:
        raise NotFound(f"There is no service {name}.")
    return found


def _exemption(practice: Practice, service: Service) -> Select[Exemption]:
    return select(Exemption).where(Exemption.practice_id == practice.id, Exemption.service_id == service.id)


def _exemption_changed(
    work: Work, practice: Practice, words: str, by: Actor, now: datetime, *, verb: str = "exempt"
) -> None:
    work.session.flush()
    move = kit.record_practice(work, practice, verb, was=practice.state, by=by, now=now, why=words)
    work.tell(PracticeChanged(move_id=move, practice_id=practice.id, by_id=by.id, at=now))
