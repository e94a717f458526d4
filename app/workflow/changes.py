"""Changing one thing of several, for whoever has no form before them: all else stays as saved, under the same lock, the
same version and the same rules as the form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.domain import remediation as rules
from app.domain.errors import NotFound, Refused
from app.domain.people import Actor
from app.models.incident import Incident
from app.models.remediation import ActionItem
from app.models.resolution import Resolution
from app.models.review import Review
from app.workflow import incident, kit, remediation, resolution, review
from app.workflow.unit_of_work import Work

Changed = Mapping[str, Any]  # values by the names of the form


def of_incident(
    work: Work, number: int, changed: Changed, *, by: Actor, now: datetime, version: int | None = None
) -> Incident:
    """Stage 1. Without a version nobody has read a form: the latest one is changed."""
    row = kit.incident(work, number, by, "edit_incident")
    work.session.refresh(row, ["services"])
    told: dict[str, Any] = {**incident.saved(row), **changed}
    return incident.edit(work, number, incident.Told(**told), version=_seen(version, row.version), by=by, now=now)


def of_resolution(work: Work, number: int, changed: Changed, *, version: int, by: Actor, now: datetime) -> Resolution:
    """Stage 2."""
    of = kit.incident(work, number, by, "resolve")
    told: dict[str, Any] = {**resolution.saved(work.session.get(Resolution, of.id)), **changed}
    told = {name: "" if value is None and name in ("impact", "how_resolved") else value for name, value in told.items()}
    return resolution.save(work, number, resolution.Told(**told), version=version, by=by, now=now)


def of_review(
    work: Work, number: int, changed: Changed, *, by: Actor, now: datetime, version: int | None = None,
    factor: tuple[str, str] | None = None,
) -> Review:  # fmt: skip
    """Stage 3; `factor` (area and text) is added to those that there are."""
    of = kit.incident(work, number, by, "review")
    row = work.session.get(Review, of.id)
    empty = Review(incident_id=of.id, **dict.fromkeys(review.TEXTS, ""))
    told: dict[str, Any] = {**review.saved(work, row or empty), **changed}
    if factor is not None:
        told["factors"] = [*told["factors"], factor]
    current = row.version if row else 0
    return review.save(work, number, review.Told(**told), version=_seen(version, current), by=by, now=now)


def of_item(work: Work, item_number: int, changed: Changed, *, by: Actor, now: datetime) -> ActionItem:
    """Stage 4: one action item."""
    row = _item(work, item_number, by)
    told: dict[str, Any] = {**remediation.saved(row), **changed}
    return remediation.edit(work, item_number, remediation.Told(**told), version=row.version, by=by, now=now)


def snooze(work: Work, item_number: int, due_on: date, *, why: str, by: Actor, now: datetime) -> ActionItem:
    """Another date for an action item that is open; the reason, if one was given, is kept in the history."""
    why = kit.text(why, "why", most=2_000)
    if _item(work, item_number, by).state != rules.OPEN:
        raise Refused.because("item.not_open", f"ACT-{item_number} is not open, so its date cannot be moved.")
    item = of_item(work, item_number, {"due_on": due_on}, by=by, now=now)
    if why:
        of = work.session.get_one(Incident, item.incident_id)
        words = f"{item.name} is due on {due_on.isoformat()}: {why}"
        kit.record(work, of, "snooze_item", by=by, now=now, why=words, on="remediation")
    return item


def _item(work: Work, item_number: int, by: Actor) -> ActionItem:
    """The item, its incident locked. NotFound also when this person may not know of the incident."""
    found = select(Incident.number).join(ActionItem, ActionItem.incident_id == Incident.id)
    number = work.session.scalar(found.where(ActionItem.number == item_number))
    unknown = NotFound(f"There is no ACT-{item_number}, or you may not see it.")
    if number is None:
        raise unknown
    try:
        kit.incident(work, number, by, "remediate")
    except NotFound:
        raise unknown from None
    row = select(ActionItem).where(ActionItem.number == item_number).execution_options(populate_existing=True)
    return work.session.scalars(row).one()


def _seen(version: int | None, current: int) -> int:
    return current if version is None else version
