"""Slips: adoption that is lost is written down service by service, and told once to the team that owns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update

from app.domain.adoption import FLAPPING
from app.domain.events import ServicesSlipped
from app.models.adoption import Slip
from app.workflow.standing_book import Key, Lost
from app.workflow.unit_of_work import Work

QUIET = timedelta(hours=1)  # between two messages to one team
TOLD_AT_ONCE = 500
_TABLE: Any = Slip.__table__
_RECOVER = (
    update(_TABLE)
    .where(
        _TABLE.c.practice_id == bindparam("of_practice"), _TABLE.c.service_id == bindparam("of_service"),
        _TABLE.c.recovered_at.is_(None),
    )
    .values(recovered_at=bindparam("back_at"))
)  # fmt: skip


def record(work: Work, lost: Sequence[Lost], team_of: Mapping[int, int | None], *, is_news: bool = True) -> None:
    """Write down what was lost. Lost again within a day, it is the same slip. What is no news is told to nobody."""
    known = _recent(work, lost)
    for each in lost:
        slip = known.get(each.key)
        if slip is not None and each.at - slip.last_at < FLAPPING:
            slip.last_at, slip.recovered_at, slip.times = max(each.at, slip.last_at), None, slip.times + 1
        else:
            slip = Slip(
                practice_id=each.key[0], service_id=each.key[1], team_id=team_of.get(each.key[1]), was=each.was or "",
                cause=str(each.cause), at=each.at, last_at=each.at, times=1, told_at=None if is_news else each.at,
            )  # fmt: skip
            work.session.add(slip)
            known[each.key] = slip
        slip.message = each.message
    work.session.flush()


def recover(work: Work, keys: Iterable[tuple[Key, datetime]]) -> None:
    """What was lost is adopted again, excused, or does not apply any more."""
    back = [{"of_practice": key[0], "of_service": key[1], "back_at": at} for key, at in keys]
    if back:
        work.session.execute(_RECOVER, back)


def tell_due(work: Work, *, now: datetime, settle: timedelta) -> int:
    """Tell each team once of everything that it has lost and that has stayed lost for a while. Says how many teams."""
    not_told = (Slip.told_at.is_(None), Slip.recovered_at.is_(None))
    waiting = (
        select(Slip.team_id).where(*not_told).group_by(Slip.team_id).having(func.min(Slip.last_at) <= now - settle)
    )
    told = 0
    for team_id in work.session.scalars(waiting).all():
        of_team = Slip.team_id == team_id if team_id is not None else Slip.team_id.is_(None)
        last = work.session.scalar(select(func.max(Slip.told_at)).where(of_team, Slip.told_at > now - QUIET))
        if last is not None:
            continue
        rows = (
            select(Slip)
            .where(of_team, *not_told)
            .order_by(Slip.id)
            .limit(TOLD_AT_ONCE)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        found = work.session.scalars(rows).all()
        for each in found:
            each.told_at = now
        if found:
            ids = tuple(each.id for each in found)
            work.tell(ServicesSlipped(team_id=team_id, slip_ids=ids, by_id=None, at=now))
            told += 1
    work.session.flush()
    return told


def _recent(work: Work, lost: Sequence[Lost]) -> dict[Key, Slip]:
    """The slip of each cell that may be the same one; one query."""
    if not lost:
        return {}
    rows = select(Slip).where(
        Slip.practice_id.in_({each.key[0] for each in lost}), Slip.service_id.in_({each.key[1] for each in lost}),
        Slip.last_at > min(each.at for each in lost) - FLAPPING,
    )  # fmt: skip
    return {(slip.practice_id, slip.service_id): slip for slip in work.session.scalars(rows.order_by(Slip.id))}
