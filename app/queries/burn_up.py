"""Burn-up: how many services had adopted a practice at the end of each day, from what stood and stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Date, case, cast, func, null, or_, select, union_all
from sqlalchemy.orm import Session

from app.domain.adoption import ADOPTED, NOT_ADOPTED, UNKNOWN
from app.domain.campaign import Day
from app.models.adoption import Campaign, PastStanding, Standing
from app.queries.utc_day import utc_day

APPLICABLE = (ADOPTED, NOT_ADOPTED, UNKNOWN)
EVER = date.max


def of_campaigns(session: Session, campaigns: Sequence[Campaign], now: datetime) -> dict[int, list[Day]]:
    """By campaign, each day in UTC from its first to today or its last; empty before its first. Two queries."""
    today = now.date()
    begun = {each.practice_id for each in campaigns if each.starts_on <= today}
    spans: dict[int, list[tuple[str, date, date, int]]] = {each: [] for each in begun}
    if begun:
        first = min(each.starts_on for each in campaigns)
        for practice_id, standing, since, until, count in session.execute(_settled(begun, first, now)):
            spans[practice_id].append((standing, since or first, until or EVER, count))
        for row in session.execute(_due(begun, now)):
            spans[row.practice_id].extend(_by_time_alone(row, now))
    return {each.id: _days(each, spans.get(each.practice_id, []), today) for each in campaigns}


def last_day(campaign: Campaign, today: date) -> date:
    """Today, the last day, or the day on which it was closed: whichever came first."""
    closed = campaign.closed_at.astimezone(UTC).date() if campaign.closed_at else today
    return min(today, campaign.ends_on, closed)


def _days(campaign: Campaign, spans: Sequence[tuple[str, date, date, int]], today: date) -> list[Day]:
    """A span counts on every day at whose end it held: it had begun by then, and ended on a later day."""
    first, last = campaign.starts_on, last_day(campaign, today)
    length = (last - first).days + 1
    if length < 1:
        return []
    adopted, applicable = [0] * (length + 1), [0] * (length + 1)
    for standing, since, until, count in spans:
        begin, end = max((since - first).days, 0), min((until - first).days, length)
        if begin >= end:
            continue
        for into in (applicable, adopted) if standing == ADOPTED else (applicable,):
            into[begin] += count
            into[end] -= count
    return list(_run(first, adopted, applicable))


def _run(first: date, adopted: Sequence[int], applicable: Sequence[int]) -> Iterator[Day]:
    have = of = 0
    for at in range(len(adopted) - 1):
        have, of = have + adopted[at], of + applicable[at]
        yield Day(first + timedelta(days=at), have, of)


def _settled(practice_ids: set[int], first: date, now: datetime) -> Any:
    """Cells by practice, standing, and the days on which they came and went. What began before the first day did so on
    no day in particular: so there are few groups, however many services."""
    start = datetime.combine(first, time(), UTC)
    past = select(
        PastStanding.practice_id.label("practice_id"), PastStanding.standing.label("standing"),
        case((PastStanding.since >= start, utc_day(PastStanding.since))).label("since"),
        utc_day(PastStanding.until).label("until"),
    ).where(
        PastStanding.practice_id.in_(practice_ids), PastStanding.standing.in_(APPLICABLE), PastStanding.until >= start
    )  # fmt: skip
    present = select(
        Standing.practice_id, Standing.standing,
        case((Standing.since >= start, utc_day(Standing.since))), cast(null(), Date),
    ).where(
        Standing.practice_id.in_(practice_ids), Standing.standing.in_(APPLICABLE),
        or_(Standing.due_at.is_(None), Standing.due_at > now),
    )  # fmt: skip
    rows = union_all(past, present).subquery()
    return select(rows.c.practice_id, rows.c.standing, rows.c.since, rows.c.until, func.count()).group_by(
        rows.c.practice_id, rows.c.standing, rows.c.since, rows.c.until
    )


def _due(practice_ids: set[int], now: datetime) -> Any:
    """The few cells that time alone has changed already, which nobody has written down yet."""
    return select(
        Standing.practice_id, Standing.standing, Standing.since, Standing.due_at, Standing.due_standing, Standing.later
    ).where(Standing.practice_id.in_(practice_ids), Standing.due_at <= now)


def _by_time_alone(row: Any, now: datetime) -> Iterator[tuple[str, date, date, int]]:
    changes = [(row.since, row.standing), (row.due_at, row.due_standing)]
    changes += [(datetime.fromisoformat(at), standing) for at, standing in row.later or ()]
    known = [(at, standing) for at, standing in changes if at <= now]
    ends = [at.astimezone(UTC).date() for at, _ in known[1:]] + [EVER]
    for (at, standing), end in zip(known, ends, strict=True):
        if standing in APPLICABLE:
            yield standing, at.astimezone(UTC).date(), end, 1
