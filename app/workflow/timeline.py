"""One entry more in the timeline of a review, while the incident is going on: nobody has the whole review before
them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert

from app.domain.errors import Refused
from app.domain.people import Actor
from app.models.review import Review, TimelineEntry
from app.workflow import kit
from app.workflow.review import TEXTS
from app.workflow.unit_of_work import Work

ENTRY_MAX = 2_000
FIRST_YEAR = 1970
CLOCK_SKEW = timedelta(minutes=5)


def add(work: Work, number: int, text: str, *, at: datetime, source: str, by: Actor, now: datetime) -> Review:
    """Keep what happened at an instant, and `source`, who has said so and where. Whoever edits the review meanwhile is
    shown both versions."""
    incident = kit.incident(work, number, by, "review")
    text = kit.required_line(text, "text", "Say what happened.", most=ENTRY_MAX)
    if at.year < FIRST_YEAR or at > now + CLOCK_SKEW:
        raise Refused.because("timeline.time_wrong", "Choose a time that is not in the future.", "at")
    entry = kit.line(f"{text} ({kit.line(source, 'text')})", "text", most=ENTRY_MAX)
    row = work.session.get(Review, incident.id) or Review(incident_id=incident.id, **dict.fromkeys(TEXTS, ""))
    kit.keep(work, row, by)
    work.session.execute(insert(TimelineEntry), [{"incident_id": incident.id, "at": at, "text": entry}])
    kit.record(work, incident, "save", by=by, now=now, why=f"Timeline: {text}", on="review")
    return row
