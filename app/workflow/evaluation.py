"""The standing of every service on every practice, computed from evidence, and what a practice becomes by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import adoption as rules
from app.domain import automation, lifecycle
from app.domain.events import PracticeAdopted, PracticeSlipped
from app.domain.people import RATCHET
from app.models.adoption import Exemption, Standing
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice
from app.queries import evidence as latest
from app.queries.criteria import standing_counts
from app.queries.verdicts import Subject, applies, subjects, verdict
from app.workflow import kit
from app.workflow.unit_of_work import Work

EVALUATED = (lifecycle.AUTOMATED, lifecycle.ADOPTED, lifecycle.SLIPPED)


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
            last = Evidence(check_id=check.id, service_id=on.id, result=result, message=message, at=on.reported_at,
                            received_at=on.reported_at)  # fmt: skip
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
    rows = select(Exemption.service_id).where(
        Exemption.practice_id == practice_id, Exemption.state == "granted", Exemption.expires_on >= now.date()
    )
    return set(session.scalars(rows))
