"""Action items that were open after their day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain import remediation as rules
from app.domain.report import ROWS_MAX
from app.domain.report_sections import ItemLine, Items
from app.models.history import Move
from app.models.incident import Incident
from app.models.person import Person
from app.models.remediation import ActionItem
from app.queries.weekly.scope import Scope

_STEPS = ("add_item", "finish_item", "verify_item", "drop_item", "resume_item")
_NAME = re.compile(r"ACT-(\d+)")
_PRIORITY = {each: at for at, each in enumerate(rules.PRIORITIES)}


def read(session: Session, scope: Scope) -> Items:
    """Must before should, the longest over first. Owner, title and day are as they are now. Two queries."""
    first = _first_step_since(session, scope.as_of)
    rows = session.execute(
        select(ActionItem, Person.name, Incident.number)
        .join(Incident, Incident.id == ActionItem.incident_id)
        .join(Person, Person.id == ActionItem.owner_id)
        .where(or_(ActionItem.state == rules.OPEN, ActionItem.number.in_(first.keys())), *scope.incidents)
    )
    was_open = [row for row in rows if _was_open(row[0], first, scope.as_of)]
    lines = [_line(*row, scope) for row in was_open if row[0].due_on < scope.today]
    lines.sort(key=lambda each: (_PRIORITY[each.priority], -each.days_over, each.number))
    return Items(lines[:ROWS_MAX], len(lines), len(was_open))


def _line(item: ActionItem, owner: str, incident: int, scope: Scope) -> ItemLine:
    over = (scope.today - item.due_on).days
    return ItemLine(item.number, item.title, item.priority, owner, item.due_on, over, incident)


def _first_step_since(session: Session, at: datetime) -> dict[int, str]:
    """By number of an item, the first thing that has happened to it since: it tells how it stood before."""
    rows: Any = session.execute(
        select(Move.why, Move.verb).where(Move.at >= at, Move.verb.in_(_STEPS)).order_by(Move.id)
    )
    found: dict[int, str] = {}
    for why, verb in rows:
        if named := _NAME.match(why):
            found.setdefault(int(named[1]), verb)
    return found


def _was_open(item: ActionItem, first: Mapping[int, str], at: datetime) -> bool:
    step = first.get(item.number)
    if step is None:
        return item.state == rules.OPEN
    if step == "drop_item":  # from open or from done
        return item.done_at is None or item.done_at >= at
    return step == "finish_item"
