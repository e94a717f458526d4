"""Who waits for whom: for each incident of a page, the people or things that its current stage waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain import remediation
from app.domain.lifecycle import BLOCKED, BY_KEY, PROPOSED, Position
from app.models.best_practice import Practice, incident_practice
from app.models.history import Move
from app.models.person import Person
from app.models.remediation import ActionItem

NAMED = 2  # how many names fit in a row; the rest is counted


def waits_for(session: Session, rows: Sequence[Any]) -> Mapping[int, str]:
    """Words by incident id. A row has id, stage, state, commander and facilitator (names or None)."""
    at = {each.id: Position(each.stage, each.state) for each in rows}
    open_ids = [key for key, position in at.items() if not position.is_closed]
    blocked = _block_reasons(session, [key for key in open_ids if at[key].state == BLOCKED])
    owners = _item_owners(session, [key for key in open_ids if at[key].stage == "remediation"])
    practices = _practices(session, [key for key in open_ids if at[key].number >= BY_KEY["best_practice"].number])
    found = {}
    for each in rows:
        if each.id in blocked:
            found[each.id] = blocked[each.id]
        elif not at[each.id].is_closed:
            found[each.id] = _words(each, owners.get(each.id, []), practices.get(each.id, []))
    return found


def _words(row: Any, owners: Sequence[str], practices: Sequence[tuple[str, str]]) -> str:
    stage = row.stage
    if stage in ("incident", "resolution"):
        return row.commander or "a commander"
    if stage in ("review", "analysis"):
        return row.facilitator or "a facilitator"
    if stage == "remediation":
        return _some(owners) or "action items, or the word that none are needed"
    names = [name for name, state in practices if stage != "best_practice" or state == PROPOSED]
    if not names:
        return "a practice"
    return {
        "best_practice": f"somebody to accept {_some(names)}",
        "automation": f"a check for {_some(names)}",
        "adoption": f"services to adopt {_some(names)}",
    }[stage]


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _block_reasons(session: Session, ids: Sequence[int]) -> dict[int, str]:
    if not ids:
        return {}
    last = select(func.max(Move.id)).where(Move.incident_id.in_(ids), Move.verb == "block").group_by(Move.incident_id)
    rows = session.execute(select(Move.incident_id, Move.why).where(Move.id.in_(last)))
    return {incident_id: why for incident_id, why in rows if incident_id is not None}


def _item_owners(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    if not ids:
        return {}
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(ActionItem.incident_id, Person.name)
        .join(Person, Person.id == ActionItem.owner_id)
        .where(
            ActionItem.incident_id.in_(ids), ActionItem.priority == remediation.MUST,
            ActionItem.state.in_((remediation.OPEN, remediation.ITEM_DONE)),
        )
        .order_by(ActionItem.due_on, ActionItem.id)
    )  # fmt: skip
    for incident_id, name in rows:
        if name not in found.setdefault(incident_id, []):
            found[incident_id].append(name)
    return found


def _practices(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    if not ids:
        return {}
    found: dict[int, list[tuple[str, str]]] = {}
    rows = session.execute(
        select(incident_practice.c.incident_id, Practice.number, Practice.state)
        .join(Practice, Practice.id == incident_practice.c.practice_id)
        .where(incident_practice.c.incident_id.in_(ids))
        .order_by(Practice.number)
    )
    for incident_id, number, state in rows:
        found.setdefault(incident_id, []).append((f"BP-{number}", state))
    return found
