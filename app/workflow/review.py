"""Stage 3, review: the postmortem as it is written in the meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from app.domain import review as rules
from app.domain.errors import Refused
from app.domain.people import Actor
from app.models.person import Person
from app.models.review import ContributingFactor, Review, TimelineEntry
from app.workflow import kit
from app.workflow.unit_of_work import Work

TEXTS = ("summary", "body", "went_well", "went_badly", "got_lucky", "lessons")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the form holds; the timeline and the factors are replaced as a whole, under one version."""

    facilitator_id: int | None = None
    summary: str = ""
    body: str = ""
    went_well: str = ""
    went_badly: str = ""
    got_lucky: str = ""
    lessons: str = ""
    timeline: Sequence[tuple[datetime, str]] = ()
    factors: Sequence[tuple[str, str]] = ()


def save(work: Work, number: int, told: Told, *, version: int, by: Actor, now: datetime) -> Review:
    """Keep what the meeting has written so far. Conflict, with both versions, when someone else saved meanwhile."""
    incident = kit.incident(work, number, by, "review")
    row = work.session.get(Review, incident.id)
    if row is None:
        row = Review(incident_id=incident.id, **dict.fromkeys(TEXTS, ""))
    before = saved(work, row)
    kit.require_version(work, seen=version, current=row.version or 0, edited_by_id=row.edited_by_id, saved=before)
    row.facilitator_id = _facilitator(work, told.facilitator_id, row.facilitator_id)
    for field in TEXTS:
        setattr(row, field, kit.text(getattr(told, field), field))
    timeline = sorted((at, kit.required_line(text, "timeline", "Say what happened.", most=2_000))
                      for at, text in told.timeline)  # fmt: skip
    factors = [(rules.require_area(area, "factors"), kit.required_line(text, "factors", "Say what made it possible.",
                most=2_000)) for area, text in told.factors]  # fmt: skip
    after = {**_columns(row), "timeline": timeline, "factors": factors}
    if after == before:
        return row
    kit.keep(work, row, by)
    if (timeline, factors) != (before["timeline"], before["factors"]):
        _replace_rows(work, incident.id, timeline, factors)
    kit.require_still_complete(work, incident, "review")
    kit.record(work, incident, "save", by=by, now=now, on="review")
    return row


def saved(work: Work, row: Review) -> dict[str, object]:
    """The stored values by the names of the form."""
    of = row.incident_id
    timeline = work.session.execute(
        select(TimelineEntry.at, TimelineEntry.text).where(TimelineEntry.incident_id == of).order_by(
            TimelineEntry.at, TimelineEntry.id)
    )  # fmt: skip
    factors = work.session.execute(
        select(ContributingFactor.area, ContributingFactor.text).where(ContributingFactor.incident_id == of).order_by(
            ContributingFactor.id)
    )  # fmt: skip
    return {
        **_columns(row),
        "timeline": [tuple(each) for each in timeline],
        "factors": [tuple(each) for each in factors],
    }


def _columns(row: Review) -> dict[str, object]:
    return {"facilitator_id": row.facilitator_id, **{field: getattr(row, field) for field in TEXTS}}


def _replace_rows(
    work: Work, incident_id: int, timeline: Sequence[tuple[datetime, str]], factors: Sequence[tuple[str, str]]
) -> None:
    for kind in (TimelineEntry, ContributingFactor):
        work.session.execute(delete(kind).where(kind.incident_id == incident_id))
    if timeline:
        rows = [{"incident_id": incident_id, "at": at, "text": text} for at, text in timeline]
        work.session.execute(insert(TimelineEntry), rows)
    if factors:
        rows_ = [{"incident_id": incident_id, "area": area, "text": text} for area, text in factors]
        work.session.execute(insert(ContributingFactor), rows_)


def _facilitator(work: Work, person_id: int | None, kept: int | None) -> int | None:
    if person_id is None or person_id == kept:
        return person_id
    person = work.session.get(Person, person_id)
    if person is None or not person.is_active:
        raise Refused.because("person.unknown", "Choose a person from the list.", "facilitator_id")
    return person.id
