"""Practices as rules that can be applied to services: the selector, the active checks, and how they combine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.automation import ACTIVE_CHECK
from app.models.automation import Check, Evidence
from app.models.best_practice import Practice


@dataclass(frozen=True)
class Rule:
    """One practice with the checks that count. `is_adopted`: its target is reached at the moment."""

    practice_id: int
    selector: str
    combine: str
    is_adopted: bool
    checks: Sequence[Check]


class Found(NamedTuple):
    """One cell: where it stands, what that rests on, and what time alone will make of it."""

    standing: str
    message: str
    due_at: datetime | None = None
    due_standing: str | None = None
    later: list[list[str]] | None = None


Seen = Mapping[tuple[int, int], Evidence]  # by check and service


def rules(session: Session, practices: Sequence[Practice], adopted: str) -> list[Rule]:
    """The practices as rules; one query."""
    checks: dict[int, list[Check]] = {each.id: [] for each in practices}
    active = select(Check).where(Check.practice_id.in_(checks), Check.state == ACTIVE_CHECK).order_by(Check.id)
    for check in session.scalars(active):
        checks[check.practice_id].append(check)
    return [Rule(each.id, each.selector, each.combine, each.state == adopted, checks[each.id]) for each in practices]
