"""What a practice said, save by save: written in the transaction of the save, so that no version is ever missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from app.domain.people import Actor
from app.models.best_practice import Practice, PracticeVersion
from app.models.history import Move
from app.workflow import kit
from app.workflow.unit_of_work import Work

SAVES = ("propose", "edit")


def keep(work: Work, practice: Practice, said: Mapping[str, object], *, by: Actor, now: datetime) -> None:
    """Save the practice's form as a new version of this person, and what it says now."""
    kit.keep(work, practice, by)
    row = PracticeVersion(
        practice_id=practice.id, version=practice.version, said=_plain(said), by_id=by.id, at=now
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()


def keep_first(work: Work, practice: Practice, said: Mapping[str, object]) -> None:
    """Before its first edit, what a practice says that is older than the keeping of versions."""
    if work.session.get(PracticeVersion, (practice.id, practice.version)) is not None:
        return
    rows = select(Move.at).where(Move.practice_id == practice.id, Move.verb.in_(SAVES)).order_by(Move.id.desc())
    at = work.session.scalar(rows.limit(1)) or practice.state_since
    row = PracticeVersion(
        practice_id=practice.id, version=practice.version, said=_plain(said), by_id=practice.edited_by_id, at=at
    )
    work.session.add(row)


def _plain(said: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}
