"""Exemptions: a service is excused from a practice, by a named person, for a reason, until a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Select, select

from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.events import PracticeChanged
from app.domain.people import Actor
from app.models.adoption import Exemption
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.workflow import kit
from app.workflow.unit_of_work import Work

EXEMPTION_MAX_DAYS = 366
GRANTED, ENDED = "granted", "ended"


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
        practice_id=practice.id, service_id=service.id, state=GRANTED, asked_by_id=by.id, asked_at=now
    )
    row.reason, row.expires_on, row.decided_by_id, row.decided_at = reason, expires_on, by.id, now
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
    row.state, row.ended_at = ENDED, now
    _exemption_changed(work, practice, f"{service.name} is no longer exempt.", by, now, verb="end_exemption")


def _service(work: Work, name: str) -> Service:
    found = work.session.scalar(select(Service).where(Service.name == name))
    if found is None:
        raise NotFound(f"There is no service {name}.")
    return found


def _exemption(practice: Practice, service: Service) -> Select[Exemption]:
    return select(Exemption).where(
        Exemption.practice_id == practice.id, Exemption.service_id == service.id, Exemption.state == GRANTED
    )


def _exemption_changed(
    work: Work, practice: Practice, words: str, by: Actor, now: datetime, *, verb: str = "exempt"
) -> None:
    work.session.flush()
    move = kit.record_practice(work, practice, verb, was=practice.state, by=by, now=now, why=words)
    work.tell(PracticeChanged(move_id=move, practice_id=practice.id, by_id=by.id, at=now))
