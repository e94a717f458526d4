"""The standing of every service on every practice, computed from evidence, and what a practice becomes by it.

Who may run at once: a service is evaluated under a weak lock on the practices (FOR KEY SHARE), a practice under a
strong one (FOR UPDATE). So many services are evaluated at a time, and no service while its rule is being changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import lifecycle
from app.domain.adoption import Loss
from app.domain.people import RATCHET
from app.models.adoption import Exemption
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.queries import evidence
from app.queries.rules import Judge, Rule, rules
from app.queries.verdicts import Subject, subjects
from app.workflow import kit, slips, standing_book, tally
from app.workflow.standing_book import Book, Lost
from app.workflow.unit_of_work import Work

EVALUATED = (lifecycle.AUTOMATED, lifecycle.ADOPTED, lifecycle.SLIPPED)
GRANTED = "granted"
AT_ONCE = 500  # services in memory with their facts


def evaluate(
    work: Work, practice: Practice, *, now: datetime, service_ids: Sequence[int] | None = None, is_news: bool = True
) -> None:
    """The standing of every service, or of some, on one practice (locked). `is_news`: whether the owning teams hear of
    what is lost by it; not when a new check tells them what to do anyway."""
    if practice.state not in EVALUATED:
        return
    rule = rules(work.session, [practice], lifecycle.ADOPTED)
    book = standing_book.of(work.session, now, [practice.id], service_ids)
    is_first = not tally.is_known(work.session, practice.id)
    found = subjects(work.session, service_ids)
    _judge(work, book, rule, found, service_ids)
    for key in [each for each in book.current if each[1] not in {subject.id for subject in found}]:
        book.remove(key)  # retired meanwhile
    _write(work, book, rule, found, is_news=is_news and not is_first)
    if service_ids is None:
        tally.recount(work.session, practice.id)
    tally.decide(work, [practice.id], now=now)


def evaluate_services(work: Work, service_ids: Iterable[int], *, now: datetime, is_news: bool = True) -> None:
    """Some services (locked, or so new that nobody knows them) are different: their standing on every practice."""
    wanted = sorted(set(service_ids))
    for at in range(0, len(wanted), AT_ONCE):
        _evaluate_some(work, wanted[at : at + AT_ONCE], now, is_news)


def evaluate_service(work: Work, service_id: int, *, now: datetime) -> None:
    """One service is different: its standing on every practice, and on nothing else."""
    evaluate_services(work, [service_id], now=now)


def evaluate_anew(work: Work, service_ids: Sequence[int], *, now: datetime) -> None:
    """Some services from nothing, for an operator: nobody is told what was not known before."""
    rows = select(Service.id).where(Service.id.in_(service_ids)).order_by(Service.id)
    work.session.execute(rows.with_for_update(key_share=True)).all()
    evaluate_services(work, service_ids, now=now, is_news=False)


def refresh(work: Work, practice_number: int, *, now: datetime) -> None:
    """Evaluate a practice although nothing is known to have changed."""
    evaluate(work, kit.practice(work, practice_number, RATCHET, "see"), now=now)


def fall_due(work: Work, practice_number: int, *, now: datetime) -> None:
    """Time has passed: evidence is stale and exemptions are over, at the instants that were known beforehand."""
    practice = kit.practice(work, practice_number, RATCHET, "see")
    if practice.state not in EVALUATED:
        return
    if not tally.is_known(work.session, practice.id):
        evaluate(work, practice, now=now, is_news=False)  # it was evaluated last by an older version of Ratchet
        return
    book = standing_book.of(work.session, now, [practice.id], only_due=True)
    for key in book.current:
        book.let_time_pass(key)
    book.write()
    teams = _teams(work.session, [each.key[1] for each in book.lost])
    slips.record(work, book.lost, teams)
    tally.add(work.session, book.moved, {})
    tally.look_ahead(work.session, practice.id)
    tally.decide(work, [practice.id], now=now)


def forget(work: Work, practice: Practice, *, now: datetime) -> None:
    """The practice is retired: nobody stands anywhere on it from now on. The past stays."""
    book = standing_book.of(work.session, now, [practice.id])
    for key in book.current:
        book.remove(key)
    book.write()
    slips.recover(work, book.recovered)
    tally.forget(work.session, practice.id)


def _evaluate_some(work: Work, service_ids: Sequence[int], now: datetime, is_news: bool) -> None:
    session = work.session
    practices = session.scalars(
        select(Practice)
        .where(Practice.state.in_(EVALUATED))
        .order_by(Practice.id)
        .with_for_update(read=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if not practices:
        return
    by_rule = rules(session, practices, lifecycle.ADOPTED)
    found = subjects(session, service_ids)
    book = standing_book.of(session, now, [each.id for each in practices], service_ids)
    _judge(work, book, by_rule, found, service_ids)
    here = {subject.id for subject in found}
    for key in [each for each in book.current if each[1] not in here]:
        book.remove(key)
    _write(work, book, by_rule, found, is_news=is_news)
    tally.decide(work, list(book.moved), now=now)


def _judge(
    work: Work, book: Book, by_rule: Sequence[Rule], found: Sequence[Subject], service_ids: Sequence[int] | None
) -> None:
    judge = Judge(book.now)
    checks = [check.id for rule in by_rule for check in rule.checks if check.kind != "facts"]
    seen = evidence.latest(work.session, checks, service_ids)
    excused = _excused(work.session, [rule.practice_id for rule in by_rule], service_ids, book.now)
    for subject in found:
        for rule in by_rule:
            key = (rule.practice_id, subject.id)
            book.put(key, judge(rule, subject, seen, excused.get(key)))


def _write(work: Work, book: Book, by_rule: Sequence[Rule], found: Sequence[Subject], *, is_news: bool) -> None:
    book.write()
    adopted = {rule.practice_id for rule in by_rule if rule.is_adopted}
    slips.record(work, list(_losses(book, adopted, is_news)), {each.id: each.team_id for each in found},
                 is_news=is_news)  # fmt: skip
    slips.recover(work, book.recovered)
    tally.add(work.session, book.moved, book.due)


def _losses(book: Book, adopted: set[int], is_news: bool) -> Iterable[Lost]:
    """A service that is new to a practice has lost something only where the target was reached: elsewhere it is one
    more that has still to adopt it."""
    return (each for each in book.lost if each.cause is not Loss.NEW or (is_news and each.key[0] in adopted))


def _excused(
    session: Session, practice_ids: Sequence[int], service_ids: Sequence[int] | None, now: datetime
) -> dict[tuple[int, int], datetime]:
    """The first instant at which a service is excused no longer: an exemption holds through its last day, in UTC."""
    rows = select(Exemption.practice_id, Exemption.service_id, Exemption.expires_on).where(
        Exemption.practice_id.in_(practice_ids), Exemption.state == GRANTED, Exemption.expires_on >= now.date()
    )
    if service_ids is not None:
        rows = rows.where(Exemption.service_id.in_(service_ids))
    return {(practice_id, service_id): over_at(last) for practice_id, service_id, last in session.execute(rows)}


def over_at(last_day: date) -> datetime:
    """When an exemption with this last day is over."""
    return datetime.combine(last_day + timedelta(days=1), time(), UTC)


def _teams(session: Session, service_ids: Sequence[int]) -> dict[int, int | None]:
    rows = session.execute(select(Service.id, Service.team_id).where(Service.id.in_(service_ids)))
    return {row[0]: row[1] for row in rows}
