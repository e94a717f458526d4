"""How many services stand where on each practice, kept with every change; and what a practice becomes by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    .values({_TABLE.c[name]: _TABLE.c[name] + bindparam(f"by_{name}") for name in rules.STANDINGS})
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
    changed = sorted(practice_id for practice_id, by in moved.items() if any(by.values()))
    known = set(session.scalars(select(_TABLE.c.practice_id).where(_TABLE.c.practice_id.in_({*changed, *due}))))
    counted = [
        {"of_practice": each, **{f"by_{name}": moved[each].get(name, 0) for name in rules.STANDINGS}}
        for each in changed if each in known
    ]  # fmt: skip
    if counted:
        session.execute(_COUNT, counted)
    earlier = [{"of_practice": each, "due_at": due[each]} for each in sorted(due) if each in known]
    if earlier:
        session.execute(_EARLIER, earlier)
    for each in sorted({*changed, *due} - known):  # no row yet: then nothing was counted before
        recount(session, each)


def recount(session: Session, practice_id: int) -> None:
    """Count the cells of a practice, and look when the next of them is due."""
    rows = session.execute(
        select(Standing.standing, func.count()).where(Standing.practice_id == practice_id).group_by(Standing.standing)
    )
    count = dict.fromkeys(rules.STANDINGS, 0)
    for name, number in rows:
        count[name] = number
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {**count, "next_due_at": session.scalar(_next(practice_id))}
    session.execute(
        insert(_TABLE)
        .values(practice_id=practice_id, **values)
        .on_conflict_do_update(index_elements=["practice_id"], set_=values)
    )


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
