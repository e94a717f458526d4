"""Exemptions: a team asks, the practice's owner answers, by name, for a reason, until a day that is announced."""

from __future__ import annotations

from datetime import date, datetime

from app.domain import exemption as rules
from app.domain.errors import NotAllowed, Refused
from app.domain.events import ExemptionAsked, ExemptionDeclined, ExemptionExpiring, ExemptionGranted
from app.domain.exemption import ASKED, DECLINED, ENDED, GRANTED
from app.domain.people import RATCHET, Actor
from app.models.adoption import Exemption
from app.queries import exemptions
from app.workflow import kit
from app.workflow.exempted import Cell, day, load, load_request
from app.workflow.unit_of_work import Work


def ask(
    work: Work, practice_number: int, service_name: str, *, reason: str, expires_on: date | None, by: Actor,
    now: datetime,
) -> Exemption:  # fmt: skip
    """A team asks to be excused from a practice; the practice's owner hears of it. One open request for each cell."""
    cell = load(work, practice_number, service_name, "ask_exemption", by=by, now=now)
    cell.require_measured()
    return _ask(cell, reason, expires_on)


def exempt(
    work: Work, practice_number: int, service_name: str, *, reason: str, expires_on: date | None, by: Actor,
    now: datetime,
) -> Exemption:  # fmt: skip
    """The practice's owner excuses a service at once. Said by another owner it is a request, which waits for them."""
    cell = load(work, practice_number, service_name, "exempt", by=by, now=now)
    cell.require_measured()
    if not cell.owners.may_decide(by):
        return _ask(cell, reason, expires_on)
    if cell.exemption(ASKED) is not None:
        raise Refused.because(
            "exemption.asked",
            f"An exemption of {cell.service.name} was asked for already: answer or withdraw that request.",
        )
    row = _new(cell, reason, expires_on)
    _grant(cell, row, f"{cell.service.name} is exempt until {day(row.expires_on)}: {row.reason}")
    return row


def grant(
    work: Work, exemption_id: int, *, answer: str = "", expires_on: date | None = None, by: Actor, now: datetime
) -> Exemption:
    """The practice's owner agrees, until the day that was asked for or another one. It replaces one that runs."""
    cell, row = load_request(work, exemption_id, "exempt", by=by, now=now)
    alone = _require_decider(cell, row)
    row.answer = kit.text(answer, "answer", most=2_000)
    row.expires_on = rules.require_last_day(expires_on or row.expires_on, now.date())
    words = f"{cell.service.name} is exempt until {day(row.expires_on)}: {row.reason}"
    _grant(cell, row, "\n".join(filter(None, (words, row.answer, alone))))
    return row


def decline(work: Work, exemption_id: int, *, answer: str, by: Actor, now: datetime) -> Exemption:
    """The practice's owner says no, and why: the service still has to adopt it."""
    cell, row = load_request(work, exemption_id, "exempt", by=by, now=now)
    alone = _require_decider(cell, row)
    answer = kit.text(answer, "answer", most=2_000)
    if not answer:
        raise Refused.because("exemption.answer_missing", "Say why not, and what to do instead.", "answer")
    row.state, row.answer, row.decided_by_id, row.decided_at = DECLINED, answer, by.id, now
    words = "\n".join(filter(None, (f"{cell.service.name}: {answer}", alone)))
    cell.tell(ExemptionDeclined, row, cell.record("decline_exemption", words))
    return row


def withdraw(work: Work, exemption_id: int, *, by: Actor, now: datetime) -> Exemption:
    """Whoever asked, or somebody of the service's team, needs it no longer."""
    cell, row = load_request(work, exemption_id, "ask_exemption", by=by, now=now)
    if row.asked_by_id != by.id and not exemptions.is_of_team(work.session, by.id, cell.service.team_id):
        raise NotAllowed(
            "A request is withdrawn by whoever asked, or by the team of the service.", "exemption.of_others"
        )
    row.state, row.ended_at = ENDED, now
    cell.record("withdraw_exemption", f"{cell.service.name}: {row.reason}")
    return row


def end_exemption(work: Work, practice_number: int, service_name: str, *, by: Actor, now: datetime) -> None:
    """The service is no longer excused: the practice's owner says so."""
    cell = load(work, practice_number, service_name, "exempt", by=by, now=now)
    cell.owners.require(by, "ask them to end the exemption")
    row = cell.exemption(GRANTED)
    if row is None:
        raise Refused.because("exemption.none", f"{cell.service.name} is not exempt from {cell.practice.name}.")
    row.state, row.ended_at = ENDED, now
    cell.record("end_exemption", f"{cell.service.name} is no longer exempt.")
    cell.evaluate()


def warn(work: Work, exemption_id: int, now: datetime) -> bool:
    """Tell whoever is excused that it ends soon, once. False: there is nothing to tell (any more)."""
    cell, row = load_request(work, exemption_id, "see", by=RATCHET, now=now, state=None)
    if row.warned_at is not None or not rules.is_running(row.state, row.expires_on, now.date()):
        return False
    row.warned_at = now
    words = f"The exemption of {cell.service.name} ends after {day(row.expires_on)}: {row.reason}"
    cell.tell(ExemptionExpiring, row, cell.record("warn_exemption", words))
    return True


def _ask(cell: Cell, reason: str, expires_on: date | None) -> Exemption:
    if cell.exemption(ASKED) is not None:
        raise Refused.because(
            "exemption.asked",
            f"An exemption of {cell.service.name} was asked for already: it waits for {cell.owners.words}.",
        )
    row = _new(cell, reason, expires_on)
    cell.work.session.add(row)
    words = f"{cell.service.name}, until {day(row.expires_on)}: {row.reason}"
    cell.tell(ExemptionAsked, row, cell.record("ask_exemption", words))
    return row


def _new(cell: Cell, reason: str, expires_on: date | None) -> Exemption:
    if cell.by.id is None:
        raise NotAllowed("An exemption is asked for and granted by a named person.")
    reason = kit.text(reason, "reason", most=2_000)
    if not reason:
        raise Refused.because("exemption.reason_missing", "Say why the service is excused.", "reason")
    return Exemption(
        practice_id=cell.practice.id, service_id=cell.service.id, state=ASKED, reason=reason, asked_by_id=cell.by.id,
        asked_at=cell.now, expires_on=rules.require_last_day(expires_on, cell.now.date()), answer="",
    )  # fmt: skip


def _grant(cell: Cell, row: Exemption, words: str) -> None:
    running = cell.exemption(GRANTED)
    if running is not None:
        running.state, running.ended_at = ENDED, cell.now
        cell.work.session.flush()  # the database lets no two run at once, not even for a moment
    row.state, row.decided_by_id, row.decided_at = GRANTED, cell.by.id, cell.now
    cell.work.session.add(row)
    cell.tell(ExemptionGranted, row, cell.record("exempt", words))
    cell.evaluate()


def _require_decider(cell: Cell, row: Exemption) -> str:
    """Words for the history if somebody decides on their own request because there is nobody else."""
    cell.owners.require(cell.by, "the request waits for them")
    if row.asked_by_id != cell.by.id:
        return ""
    rules.require_other(row.asked_by_id, cell.by, exemptions.others(cell.work.session, cell.owners, cell.by))
    return "Decided by whoever asked: there is nobody else who may."
