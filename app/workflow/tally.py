"""How many services stand where on each practice, kept with every change; and what a practice becomes by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain import adoption as rules
from app.domain import lifecycle
from app.domain.events import PracticeAdopted, PracticeSlipped
from app.domain.people import RATCHET
from app.models.adoption import Standing, Tally
from app.models.best_practice import Practice
from app.queries.criteria import standing_counts
from app.workflow import kit
from app.workflow.unit_of_work import Work

_TABLE: Any = Tally.__table__
_COUNT = (
    update(_TABLE)
    .where(_TABLE.c.practice_id == bindparam("of_practice"))
    .values({_TABLE.c[name]: _TABLE.c[name] + bindparam(f"by_{name}") for name in rules.COUNTED})
)
_COUNTED = (
    update(_TABLE)
    .where(_TABLE.c.practice_id == bindparam("of_practice"))
    .values(next_due_at=bindparam("due_at"), **{name: bindparam(name) for name in rules.COUNTED})
)
_EARLIER = (
    update(_TABLE)
    .where(
        _TABLE.c.practice_id == bindparam("of_practice"),
        or_(_TABLE.c.next_due_at.is_(None), _TABLE.c.next_due_at > bindparam("due_at")),
    )
    .values(next_due_at=bindparam("due_at"))
)


def is_known(session: Session, practice_id: int) -> bool:
    """Whether the practice has been evaluated before."""
    return session.scalar(select(_TABLE.c.practice_id).where(_TABLE.c.practice_id == practice_id)) is not None


def add(session: Session, moved: Mapping[int, Mapping[str, int]], due: Mapping[int, datetime]) -> None:
    """Count what has changed. Rows are locked in the order of practices, whoever does this."""
    changed = sorted(key for key, by in moved.items() if any(by.get(name) for name in rules.COUNTED))
    known = set(session.scalars(select(_TABLE.c.practice_id).where(_TABLE.c.practice_id.in_({*changed, *due}))))
    counted = [
        {"of_practice": each, **{f"by_{name}": moved[each].get(name, 0) for name in rules.COUNTED}}
        for each in changed if each in known
    ]  # fmt: skip
    if counted:
        session.execute(_COUNT, counted)
    earlier = [{"of_practice": each, "due_at": due[each]} for each in sorted(due) if each in known]
    if earlier:
        session.execute(_EARLIER, earlier)
    recount(session, {*changed, *due} - known)  # no row yet: then nothing was counted before


def recount(session: Session, practice_ids: Iterable[int]) -> None:
    """Count the cells of practices, and look when the next of them is due. Of two who count for the first time, the
    second waits here for the first, and then sees what the first has written."""
    ids = sorted(practice_ids)
    if not ids:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(_TABLE).on_conflict_do_nothing(), [{"practice_id": each} for each in ids])
    mine = _TABLE.c.practice_id.in_(ids)
    session.execute(select(_TABLE.c.practice_id).where(mine).order_by(_TABLE.c.practice_id).with_for_update())
    found: dict[int, dict[str, Any]] = {
        each: {"of_practice": each, "due_at": None, **dict.fromkeys(rules.COUNTED, 0)} for each in ids
    }
    rows = session.execute(
        select(Standing.practice_id, Standing.standing, func.count(), func.min(Standing.due_at))
        .where(Standing.practice_id.in_(ids))
        .group_by(Standing.practice_id, Standing.standing)
    )
    for practice_id, standing, number, due_at in rows:
        values = found[practice_id]
        if standing in rules.COUNTED:
            values[standing] = number
        values["due_at"] = min(filter(None, (values["due_at"], due_at)), default=None)
    session.execute(_COUNTED, list(found.values()))


def look_ahead(session: Session, practice_id: int) -> None:
    """When time alone will change a cell of this practice."""
    session.execute(_of(practice_id).values(next_due_at=_next(practice_id).scalar_subquery()))


def forget(session: Session, practice_id: int) -> None:
    """The practice has no cells any more."""
    session.execute(delete(_TABLE).where(_TABLE.c.practice_id == practice_id))


def decide(work: Work, practice_ids: Sequence[int], *, now: datetime) -> None:
    """Whether these practices have reached their target, or have fallen below it. Their tally is up to date."""
    rows = work.session.execute(
        select(Practice.id, Practice.number, Practice.state, Practice.target_percent)
        .where(Practice.id.in_(practice_ids))
        .order_by(Practice.id)
    ).all()
    counts = standing_counts(work.session, [row.id for row in rows])
    for row in rows:
        progress = rules.progress(f"BP-{row.number}", counts.get(row.id, ()), row.target_percent)
        if progress.is_met and row.state in (lifecycle.AUTOMATED, lifecycle.SLIPPED):
            _become(work, row.id, "adopt", progress, now=now)
        elif not progress.is_met and progress.applicable and row.state == lifecycle.ADOPTED:  # nobody left is no slip
            _become(work, row.id, "slip", progress, now=now)


def _become(work: Work, practice_id: int, verb: str, progress: rules.Progress, *, now: datetime) -> None:
    practice = work.session.get_one(Practice, practice_id, populate_existing=True)
    event = PracticeAdopted if verb == "adopt" else PracticeSlipped
    words = f"{progress.adopted} of {progress.applicable} services have adopted it; the target is {progress.needed}."
    was = practice.state
    practice.state, practice.state_since = lifecycle.practice_step(was, verb), now
    move = kit.record_practice(work, practice, verb, was=was, by=RATCHET, now=now, why=words)
    work.tell(event(move_id=move, practice_id=practice.id, by_id=None, at=now))


def _of(practice_id: int) -> Any:
    return update(_TABLE).where(_TABLE.c.practice_id == practice_id)


def _next(practice_id: int) -> Any:
    return select(func.min(Standing.due_at)).where(Standing.practice_id == practice_id)
