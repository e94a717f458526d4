"""The standing of every service on every practice, computed from evidence, and what a practice becomes by it.

Who may run at once: a service is evaluated under a weak lock on the practices (FOR KEY SHARE), a practice under a
strong one (FOR UPDATE). So many services are evaluated at a time, and no service while its rule is being changed.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import lifecycle
from app.domain.people import RATCHET
from app.models.adoption import Exemption
from app.models.best_practice import Practice
from app.models.catalog import Service
from app.queries import evidence
from app.queries.judge import Judge
from app.queries.rules import Rule, rules
from app.queries.verdicts import Subject, subjects
from app.workflow import kit, slips, standing_book, tally
from app.workflow.standing_book import Book
from app.workflow.unit_of_work import Work

EVALUATED = (lifecycle.AUTOMATED, lifecycle.ADOPTED, lifecycle.SLIPPED)
GRANTED = "granted"
MANY_CELLS = 20_000
AT_ONCE = 2_500  # services in memory with their facts


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
    is_news = is_news and not is_first
    _leave_out_retired(book, found)
    _judge(work, book, rule, found, service_ids, is_news=is_news)
    _write(work, book, found, is_news=is_news)
    if service_ids is None:
        tally.recount(work.session, [practice.id])
    tally.decide(work, [practice.id], now=now)


def evaluate_services(work: Work, service_ids: Iterable[int], *, now: datetime, is_news: bool = True) -> int:
    """Some services (locked, or so new that nobody knows them) are different: their standing on every practice. Says
    how many cells were looked at."""
    wanted = sorted(set(service_ids))
    return sum(
        _evaluate_some(work, wanted[at : at + AT_ONCE], now, is_news) for at in range(0, len(wanted), AT_ONCE)
    )  # fmt: skip


def evaluate_anew(work: Work, service_ids: Sequence[int], *, now: datetime) -> int:
    """Some services from nothing, for an operator: nobody is told what was not known before."""
    rows = select(Service.id).where(Service.id.in_(service_ids)).order_by(Service.id)
    work.session.execute(rows.with_for_update(key_share=True)).all()
    return evaluate_services(work, service_ids, now=now, is_news=False)


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
    for key in list(book.current):
        book.remove(key)
    book.write()
    slips.recover(work, book.recovered)
    tally.forget(work.session, practice.id)


def _evaluate_some(work: Work, service_ids: Sequence[int], now: datetime, is_news: bool) -> int:
    session = work.session
    practices = session.scalars(
        select(Practice)
        .where(Practice.state.in_(EVALUATED))
        .order_by(Practice.id)
        .with_for_update(read=True, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if not practices:
        return 0
    by_rule = rules(session, practices, lifecycle.ADOPTED)
    with _collector_at_rest(len(service_ids) * len(by_rule)):
        found = subjects(session, service_ids)
        book = standing_book.of(session, now, [each.id for each in practices], service_ids)
        _leave_out_retired(book, found)
        _judge(work, book, by_rule, found, service_ids, is_news=is_news)
        _write(work, book, found, is_news=is_news)
    tally.decide(work, list(book.moved), now=now)
    return len(found) * len(by_rule)


@contextmanager
def _collector_at_rest(cells: int) -> Iterator[None]:
    """Facts and cells refer to nothing that refers to them: the collector would look at a million of them again and
    again, which takes a tenth of the time. It rests for the second that many cells take."""
    rests = cells > MANY_CELLS and gc.isenabled()
    if rests:
        gc.disable()
    try:
        yield
    finally:
        if rests:
            gc.enable()


def _leave_out_retired(book: Book, found: Sequence[Subject]) -> None:
    here = {subject.id for subject in found}
    for key in [each for each in book.current if each[1] not in here]:
        book.remove(key)


def _judge(
    work: Work, book: Book, by_rule: Sequence[Rule], found: Sequence[Subject], service_ids: Sequence[int] | None, *,
    is_news: bool,
) -> None:  # fmt: skip
    # A service that is new to a practice has lost something only where the target was reached: elsewhere it is one more
    # that has still to adopt it.
    book.notes_new = {rule.practice_id for rule in by_rule if rule.is_adopted} if is_news else set()
    judge = Judge(book.now, found)
    checks = [check.id for rule in by_rule for check in rule.checks if check.kind != "facts"]
    seen = evidence.latest(work.session, checks, service_ids)
    excused = _excused(work.session, [rule.practice_id for rule in by_rule], service_ids, book.now)
    with book.columns() as put:
        for rule in by_rule:
            put(rule.practice_id, judge.column(rule, seen, excused.get(rule.practice_id, {})))


def _write(work: Work, book: Book, found: Sequence[Subject], *, is_news: bool) -> None:
    book.write()
    slips.record(work, book.lost, {each.id: each.team_id for each in found}, is_news=is_news)
    slips.recover(work, book.recovered)
    tally.add(work.session, book.moved, book.due)


def _excused(
    session: Session, practice_ids: Sequence[int], service_ids: Sequence[int] | None, now: datetime
) -> dict[int, dict[int, datetime]]:
    """By practice and service, the first instant at which it is excused no longer."""
    rows = select(Exemption.practice_id, Exemption.service_id, Exemption.expires_on).where(
        Exemption.practice_id.in_(practice_ids), Exemption.state == GRANTED, Exemption.expires_on >= now.date()
    )
    if service_ids is not None:
        rows = rows.where(Exemption.service_id.in_(service_ids))
    found: dict[int, dict[int, datetime]] = {}
    for practice_id, service_id, last_day in session.execute(rows):
        found.setdefault(practice_id, {})[service_id] = over_at(last_day)
    return found


def over_at(last_day: date) -> datetime:
    """When an exemption with this last day is over: it holds through that day, in UTC."""
    return datetime.combine(last_day + timedelta(days=1), time(), UTC)


def _teams(session: Session, service_ids: Sequence[int]) -> dict[int, int | None]:
    rows = session.execute(select(Service.id, Service.team_id).where(Service.id.in_(service_ids)))
    return {row[0]: row[1] for row in rows}
