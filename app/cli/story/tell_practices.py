"""Practices are proposed, accepted, checked, attested and retired, each on its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.cli.story import company, facts
from app.cli.story.practices import PRACTICES
from app.cli.story.shapes import Attested, Check, Drive, Exempt, Practice
from app.cli.story.stage import Stage
from app.workflow import adoption, automation, best_practice, campaign, exemption
from app.workflow.unit_of_work import Work

REVIEW_AFTER_DAYS = 240  # so that the oldest ones are due


def learn(stage: Stage) -> None:
    """Practices in the order of their proposal, so that their numbers tell their age."""
    for each in PRACTICES:
        _propose(stage, each)
        _accept_and_retire(stage, each)
        if each.check is not None:
            _check(stage, each, each.check)
    for attested in facts.ATTESTED:
        _attest(stage, attested)
    for exempt in facts.EXEMPT:
        _exempt(stage, exempt)
    for drive in facts.CAMPAIGNS:
        _drive(stage, drive)


def _propose(stage: Stage, of: Practice) -> None:
    told = best_practice.Told(
        statement=of.statement, why=of.why, area=of.area, selector=of.selector, level=of.level,
        target_percent=of.target, target_on=stage.calendar.ago(-of.by_in).date(),
        review_on=stage.calendar.ago(of.proposed - REVIEW_AFTER_DAYS).date(),
    )  # fmt: skip

    def propose(work: Work, at: datetime) -> None:
        made = best_practice.propose(
            work, told, by=stage.actor(of.author), now=at, incident_number=stage.incidents[of.born_of]
        )
        stage.practices[of.key], stage.practice_ids[of.key] = made.number, made.id

    stage.play(stage.calendar.at(of.proposed, "10:20"), propose)


def _accept_and_retire(stage: Stage, of: Practice) -> None:
    def accept(work: Work, at: datetime) -> None:
        best_practice.accept(work, stage.practices[of.key], version=1, by=stage.actor(of.accepted_by), now=at)

    def retire(work: Work, at: datetime) -> None:
        by = stage.actor(of.accepted_by)
        best_practice.retire(work, stage.practices[of.key], why=of.retired_why, by=by, now=at)

    if of.accepted is not None:
        stage.play(stage.calendar.at(of.accepted, "13:40"), accept)
    if of.retired is not None:
        stage.play(stage.calendar.at(of.retired, "09:05"), retire)


def _check(stage: Stage, of: Practice, check: Check) -> None:
    told = automation.Told(
        kind=check.kind, expression=check.expression, because=check.because, freshness_days=check.freshness_days
    )

    def write(work: Work, at: datetime) -> None:
        by = stage.actor(of.accepted_by)
        stage.checks[of.key] = automation.write(work, stage.practices[of.key], told, by=by, now=at).id

    def activate(work: Work, at: datetime) -> None:
        automation.activate(work, stage.checks[of.key], version=1, by=stage.actor(of.accepted_by), now=at)

    stage.play(stage.calendar.at(check.written, "11:15"), write)
    if check.active is not None:
        stage.play(stage.calendar.at(check.active, "14:25"), activate)


def _attest(stage: Stage, of: Attested) -> None:
    team = next(each.team for each in company.SERVICES if each.name == of.service)
    who = next(each.key for each in company.PEOPLE if each.team == team and each.role == "owner")

    def attest(work: Work, at: datetime) -> None:
        by = stage.actor(who)
        adoption.attest(work, stage.checks[of.practice], of.service, of.result, message=of.words, by=by, now=at)

    stage.play(stage.calendar.at(of.days, "12:30"), attest)


def _exempt(stage: Stage, of: Exempt) -> None:
    """The team asks; somebody else who owns the practice grants it in the afternoon."""
    last = stage.calendar.ago(-of.until).date()
    rule = next(each for each in PRACTICES if each.key == of.practice)
    asked: list[int] = []

    def ask(work: Work, at: datetime) -> None:
        number, by = stage.practices[of.practice], stage.actor(of.by)
        asked.append(exemption.ask(work, number, of.service, reason=of.why, expires_on=last, by=by, now=at).id)

    def grant(work: Work, at: datetime) -> None:
        exemption.grant(work, asked[0], answer="Until then.", by=stage.actor(rule.accepted_by), now=at)

    stage.play(stage.calendar.at(of.days, "10:50"), ask)
    if of.is_granted:
        stage.play(stage.calendar.at(of.days, "16:05"), grant)


def _drive(stage: Stage, of: Drive) -> None:
    told = campaign.Told(
        why=of.why, target_percent=of.target, starts_on=stage.calendar.ago(of.days).date(),
        ends_on=stage.calendar.ago(-of.until).date(), owner_id=None,
    )  # fmt: skip

    def start(work: Work, at: datetime) -> None:
        by = stage.actor(of.by)
        campaign.start(work, stage.practices[of.practice], replace(told, owner_id=by.id), by=by, now=at)

    stage.play(stage.calendar.at(of.days, "09:40"), start)
