"""A practice is questioned: a service had adopted it, and it happened all the same. Somebody decides anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Select, select, text
from sqlalchemy.exc import OperationalError

from app.domain import lifecycle, recurrence
from app.domain.adoption import ADOPTED
from app.domain.errors import Refused
from app.domain.events import Event, IncidentEvent, PracticeEvent, PracticeQuestioned
from app.domain.lifecycle import BY_KEY, KEYS
from app.domain.people import RATCHET, Actor
from app.models.best_practice import Practice, incident_practice
from app.models.history import Move
from app.models.incident import Incident
from app.queries import recurrence as known
from app.queries.known import PUBLIC
from app.workflow import kit, links
from app.workflow.lifecycle import put_back
from app.workflow.unit_of_work import Work

HELD = (lifecycle.ACCEPTED, lifecycle.AUTOMATED, lifecycle.ADOPTED, lifecycle.SLIPPED)
TEXT_MAX = 2_000
_PAST_ANALYSIS = KEYS[BY_KEY["analysis"].number :]
_NEW_WORDS = ("the statement", "the selector")  # how the Move of an edit says that the rule itself is another one
_LOCK_NOT_AVAILABLE = "55P03"


def question(work: Work, practice_number: int, *, why: str, by: Actor, now: datetime) -> Practice:
    """An owner says that a practice is not enough. The analysis that it came from is opened again."""
    practice = kit.practice(work, practice_number, by, "question")
    why = kit.text(why, "why", most=TEXT_MAX)
    lifecycle.require_reason(why, "Say why the practice is not enough.")
    if practice.state not in HELD:
        raise Refused.because(
            "practice.not_held", f"{practice.name} is {practice.state}: only a rule that holds can be questioned."
        )
    if practice.questioned_at is not None:
        raise Refused.because("practice.questioned", f"{practice.name} is questioned already: settle that first.")
    _ask(work, practice, why, by=by, now=now)
    _open_again(work, [practice], now=now)
    return practice


def question_by_incident(work: Work, incident: Incident, *, now: datetime) -> list[Practice]:
    """Its pattern is known: every practice against it that an affected service had adopted, and nothing else would
    have met, is questioned; once by each incident, and not again before it is settled. A private incident questions
    nothing by itself: a practice is public, and would tell that the incident exists."""
    if incident.is_private:
        return []
    found = known.read(work.session, PUBLIC, Incident.id == incident.id)
    adopted = _adopted_yet(found[0]) if found else {}
    if not adopted:
        return []
    with _patiently(work):
        practices = [
            each for each in links.lock_practices(work, sorted(adopted))
            if each.questioned_at is None and each.state in HELD and not _has_questioned(work, incident, each)
        ]  # fmt: skip
        for each in practices:
            names = recurrence.listed(adopted[each.id])
            # Its number is kept with the incident alone: it may become private one day.
            kit.record(work, incident, "question", by=RATCHET, now=now, why=f"{each.name}: {names}", on="analysis")
            _ask(work, each, f"It happened on {names} although {names} had adopted it.", by=RATCHET, now=now)
        _open_again(work, practices, now=now, because_of=incident)
    return practices


def settle(work: Work, practice_number: int, *, answer: str, by: Actor, now: datetime) -> Practice:
    """An owner says why the practice stays as it is."""
    practice = kit.practice(work, practice_number, by, "question")
    answer = kit.text(answer, "answer", most=TEXT_MAX)
    if practice.questioned_at is None:
        raise Refused.because("practice.not_questioned", f"{practice.name} is not questioned: there is nothing to do.")
    if not answer:
        raise Refused.because("answer.missing", "Say why the practice stays as it is.", "answer")
    _settle(work, practice, answer, by=by, now=now)
    return practice


def settle_by_analysis(work: Work, incident: Incident, *, now: datetime) -> None:
    """The analysis that was opened again for a practice is complete again: somebody has decided anew."""
    opened = work.session.execute(
        select(Move.at, Move.why).where(
            Move.incident_id == incident.id, Move.verb == "reopen", Move.to_stage == "analysis", Move.by_id.is_(None)
        )
    ).all()
    if not opened:
        return
    ids = work.session.scalars(select(Practice.id).where(Practice.questioned_at.in_({at for at, _ in opened}))).all()
    with _patiently(work):
        for practice in links.lock_practices(work, ids):
            if any(at == practice.questioned_at and _names(why, practice) for at, why in opened):
                _settle(work, practice, "Its incident was analysed anew.", by=RATCHET, now=now)


def after_analysis(work: Work, event: Event) -> None:
    """For the chain: an analysis is complete. What it answers is settled, what it questions is questioned."""
    assert isinstance(event, IncidentEvent)
    incident = work.session.get_one(Incident, event.incident_id)
    settle_by_analysis(work, incident, now=event.at)
    question_by_incident(work, incident, now=event.at)


def after_change(work: Work, event: Event) -> None:
    """For the chain: a practice has changed, or is retired. New words, or other services, are an answer; other dates
    are none."""
    assert isinstance(event, PracticeEvent)
    practice = work.session.get_one(Practice, event.practice_id)
    if practice.questioned_at is None:
        return
    move = work.session.get_one(Move, event.move_id)
    if move.verb == "retire":
        _settle(work, practice, "The rule holds no longer.", by=RATCHET, now=event.at)
    elif move.verb == "edit" and any(words in move.why for words in _NEW_WORDS):
        _settle(work, practice, "The rule is another one now.", by=RATCHET, now=event.at)


def _adopted_yet(what: known.Happened) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for service in what.services:
        if service.verdict == recurrence.ADOPTED_YET:
            for stood in service.stood:
                if stood.standing == ADOPTED:
                    found.setdefault(stood.rule.id, []).append(service.name)
    return found


def _has_questioned(work: Work, incident: Incident, practice: Practice) -> bool:
    rows = select(Move.why).where(Move.incident_id == incident.id, Move.verb == "question")
    return any(_names(why, practice) for why in work.session.scalars(rows))


def _names(why: str, practice: Practice) -> bool:
    return re.search(rf"\b{practice.name}\b", why) is not None


def _ask(work: Work, practice: Practice, why: str, *, by: Actor, now: datetime) -> None:
    practice.questioned_at, practice.questioned_because = now, why
    move = kit.record_practice(work, practice, "question", was=practice.state, by=by, now=now, why=why)
    work.tell(PracticeQuestioned(move_id=move, practice_id=practice.id, by_id=by.id, at=now))


def _settle(work: Work, practice: Practice, answer: str, *, by: Actor, now: datetime) -> None:
    practice.questioned_at, practice.questioned_because = None, ""
    kit.record_practice(work, practice, "settle", was=practice.state, by=by, now=now, why=answer)


def _open_again(
    work: Work, practices: Sequence[Practice], *, now: datetime, because_of: Incident | None = None
) -> None:
    """Of each practice the earliest incident that is past analysis, a public one if there is one: it is put back."""
    first: dict[int, list[Practice]] = {}
    for each in practices:
        found = work.session.scalar(_past_analysis(each, because_of))
        if found is not None:
            first.setdefault(found, []).append(each)
    locked = select(Incident).where(Incident.id.in_(first)).order_by(Incident.id).with_for_update(of=Incident)
    for incident in work.session.scalars(locked.execution_options(populate_existing=True)).all():
        if incident.stage in _PAST_ANALYSIS:
            names = recurrence.listed([each.name for each in first[incident.id]])
            why = f"{names}: it happened again although a service had adopted this."
            put_back(work, incident, "analysis", why=why, by=RATCHET, now=now)


def _past_analysis(practice: Practice, but: Incident | None) -> Select[int]:
    rows = (
        select(Incident.id)
        .join(incident_practice, incident_practice.c.incident_id == Incident.id)
        .where(incident_practice.c.practice_id == practice.id, Incident.stage.in_(_PAST_ANALYSIS))
        .order_by(Incident.is_private, Incident.id)
        .limit(1)
    )
    return rows.where(Incident.id != but.id) if but is not None else rows


@contextmanager
def _patiently(work: Work) -> Iterator[None]:
    """The incident is locked already, and practices are locked before incidents everywhere else: two steps could wait
    for each other. So this one waits less long than a database takes to notice, and says so."""
    is_postgresql = work.session.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        work.session.execute(text("set local lock_timeout = '700ms'"))
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        raise Refused.because(
            "practice.busy", "A practice of this pattern is being changed at this moment. Complete it once more."
        ) from None
    if is_postgresql:
        work.session.execute(text("set local lock_timeout to default"))
