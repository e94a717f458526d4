"""Stages 6 and 7 in one step: a practice of the starter catalogue becomes one of ours, with its checks in dry run."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain import lifecycle, people
from app.domain.errors import NotFound, Refused
from app.domain.events import PracticeAccepted
from app.domain.people import Actor
from app.models.best_practice import Practice
from app.models.counter import next_number
from app.starter.catalogue import EXPERIMENT, Starter, StarterCheck, find
from app.workflow import automation, best_practice, kit, versions
from app.workflow.unit_of_work import Work


def switch_on(work: Work, key: str, *, by: Actor, now: datetime) -> Practice:
    """Accept a known practice as it is. Its checks tell nobody until they are activated. Refused: it is on already."""
    people.require(by, "accept")
    people.require(by, "write_check")
    starter = find(key)
    if starter is None:
        raise NotFound("There is no such practice in the starter catalogue.")
    number = next_number(work.session, "practice")  # of two people the second waits here, and then finds the first's
    _require_off(work, key)
    practice = Practice(number=number, state=lifecycle.ACCEPTED, state_since=now, accepted_by_id=by.id, starter_key=key)
    best_practice.fill(practice, _told(starter, now), now)
    versions.keep(work, practice, best_practice.saved(practice), by=by, now=now)
    move = kit.record_practice(work, practice, "switch_on", was=None, by=by, now=now)
    for check in starter.checks:
        automation.write(work, number, _check(check, starter.freshness_days), by=by, now=now)
    work.tell(PracticeAccepted(move_id=move, practice_id=practice.id, by_id=by.id, at=now))
    return practice


def _require_off(work: Work, key: str) -> None:
    known = work.session.scalar(select(Practice).where(Practice.starter_key == key))
    if known is None:
        return
    is_retired = known.state == lifecycle.RETIRED
    words = f"It was on already, as {known.name}, and is retired." if is_retired else f"It is on already: {known.name}."
    raise Refused.because("starter.on", words)


def _check(check: StarterCheck, days: int) -> automation.Told:
    """The expression of an experiment would be its title, which only the company knows: any experiment counts."""
    is_experiment = check.kind == EXPERIMENT
    return automation.Told(
        kind=check.kind, expression="" if is_experiment else check.expression or check.question,
        because=check.question if is_experiment else check.because, freshness_days=days,
    )  # fmt: skip


def _told(starter: Starter, now: datetime) -> best_practice.Told:
    return best_practice.Told(
        statement=starter.statement, why=starter.why, area=starter.area, selector=starter.selector,
        level=starter.level, target_percent=starter.target_percent, combine=starter.combine,
        review_on=(now + timedelta(days=starter.review_after_days)).date(),
    )  # fmt: skip
