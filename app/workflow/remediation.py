"""Stage 4, remediation: action items with one owner and one due date, done and then verified by someone else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.domain import people
from app.domain import remediation as rules
from app.domain.errors import NotFound, Refused
from app.domain.events import ActionItemAssigned
from app.domain.people import Actor, may_see
from app.models.counter import next_number
from app.models.incident import Incident
from app.models.person import Person
from app.models.remediation import ActionItem, Remediation
from app.models.review import Review
from app.workflow import kit
from app.workflow.unit_of_work import Work


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the form of one action item holds."""

    title: str
    owner_id: int
    priority: str
    kind: str
    due_on: date


def add(work: Work, number: int, told: Told, *, by: Actor, now: datetime) -> ActionItem:
    """A new action item; its owner is told."""
    incident = kit.incident(work, number, by, "remediate")
    number_of_item = work.private_number() if incident.is_private else next_number(work.session, "action_item")
    item = ActionItem(
        number=number_of_item,
        incident_id=incident.id,
        state=rules.OPEN,
        why="",
    )
    _fill(work, incident, item, told)
    kit.keep(work, item, by)
    kit.require_still_complete(work, incident, "remediation")
    move = kit.record(work, incident, "add_item", by=by, now=now, why=f"{item.name} “{item.title}”", on="remediation")
    _tell_owner(work, item, move, by, now)
    return item


def edit(work: Work, item_number: int, told: Told, *, version: int, by: Actor, now: datetime) -> ActionItem:
    """Change an action item. A new owner is told. Conflict when someone else saved meanwhile."""
    incident, item = _item(work, item_number, by, "remediate")
    before = saved(item)
    kit.require_version(work, seen=version, current=item.version, edited_by_id=item.edited_by_id, saved=before)
    owner_before = item.owner_id
    if told.owner_id != owner_before and item.state == rules.ITEM_DONE:
        # Otherwise who has done it could give it away and then verify their own work.
        raise Refused.because("item.owner_fixed", f"{item.name} is done: take it up again to give it away.", "owner_id")
    _fill(work, incident, item, told)
    if saved(item) == before:
        return item
    kit.keep(work, item, by)
    kit.require_still_complete(work, incident, "remediation")
    move = kit.record(work, incident, "edit_item", by=by, now=now, why=f"{item.name} “{item.title}”", on="remediation")
    if item.owner_id != owner_before:
        _tell_owner(work, item, move, by, now)
    return item


def step(work: Work, item_number: int, verb: str, *, by: Actor, now: datetime, why: str = "") -> ActionItem:
    """Finish, verify, drop (with a reason) or resume an action item. Whoever owns it does not verify it."""
    incident, item = _item(work, item_number, by, "verify" if verb == "verify" else "remediate")
    why = kit.text(why, "why", most=2_000)
    if verb not in rules.ITEM_STEPS:
        raise Refused.because("item.step_unknown", "There is no such step for an action item.")
    if verb == "verify":
        rules.require_other(item.owner_id, by.id)
    item.state = rules.item_step(item.state, verb, why)
    item.why = why
    item.done_at = now if verb == "finish" else (None if verb == "resume" else item.done_at)
    item.verified_by_id = by.id if verb == "verify" else None
    kit.keep(work, item, by)
    kit.require_still_complete(work, incident, "remediation")
    words = f"{item.name} “{item.title}”" + (f": {why}" if why else "")
    kit.record(work, incident, f"{verb}_item", by=by, now=now, why=words, on="remediation")
    return item


def save_none_needed(work: Work, number: int, because: str, *, version: int, by: Actor, now: datetime) -> Remediation:
    """Say why this incident needs no action items, or take that back with an empty text."""
    incident = kit.incident(work, number, by, "remediate")
    row = work.session.get(Remediation, incident.id) or Remediation(incident_id=incident.id, none_needed_because="")
    kit.require_version(
        work, seen=version, current=row.version or 0, edited_by_id=row.edited_by_id,
        saved={"none_needed_because": row.none_needed_because},
    )  # fmt: skip
    because = kit.text(because, "none_needed_because", most=5_000)
    if because == row.none_needed_because:
        return row
    row.none_needed_because = because
    kit.keep(work, row, by)
    kit.require_still_complete(work, incident, "remediation")
    kit.record(work, incident, "save", by=by, now=now, on="remediation")
    return row


def saved(item: ActionItem) -> dict[str, object]:
    """The stored values by the names of the form."""
    return {
        "title": item.title, "owner_id": item.owner_id, "priority": item.priority, "kind": item.kind,
        "due_on": item.due_on,
    }  # fmt: skip


def _item(work: Work, item_number: int, by: Actor, action: str) -> tuple[Incident, ActionItem]:
    number = work.session.scalar(
        select(Incident.number)
        .join(ActionItem, ActionItem.incident_id == Incident.id)
        .where(ActionItem.number == item_number)
    )
    unknown = NotFound(f"There is no ACT-{item_number}, or you may not see it.")
    if number is None:
        raise unknown
    try:
        incident = kit.incident(work, number, by, action)
    except NotFound:
        raise unknown from None  # the number of a private incident must not leak through its items
    return incident, work.session.scalars(
        select(ActionItem).where(ActionItem.number == item_number).execution_options(populate_existing=True)
    ).one()


def _fill(work: Work, incident: Incident, item: ActionItem, told: Told) -> None:
    item.title = kit.required_line(told.title, "title", "Say what has to be done.")
    item.priority = rules.require_choice(told.priority, rules.PRIORITIES, "priority")
    item.kind = rules.require_choice(told.kind, rules.KINDS, "kind")
    item.due_on = told.due_on
    if item.owner_id != told.owner_id:
        item.owner_id = _owner(work, incident, told.owner_id)


def _owner(work: Work, incident: Incident, person_id: int) -> int:
    person = work.session.get(Person, person_id)
    if person is None or not person.is_active:
        raise Refused.because("person.unknown", "Choose a person from the list.", "owner_id")
    work.session.refresh(incident, ["readers"])
    review = work.session.get(Review, incident.id)
    insiders = [incident.declared_by_id, incident.commander_id, review.facilitator_id if review else None,
                *(each.id for each in incident.readers)]  # fmt: skip
    sees = may_see(people.Actor(person.id, person.name, person.role), is_private=incident.is_private, insiders=insiders)
    if not sees:
        raise Refused.because(
            "item.owner_outside", f"{person.name} may not see this private incident. Let them in first.", "owner_id"
        )
    return person.id


def _tell_owner(work: Work, item: ActionItem, move: int, by: Actor, now: datetime) -> None:
    work.tell(
        ActionItemAssigned(
            move_id=move,
            incident_id=item.incident_id,
            by_id=by.id,
            at=now,
            action_item_id=item.id,
            owner_id=item.owner_id,
        )
    )
