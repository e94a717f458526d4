"""What every step needs before it decides: the locked row that this person may see, the right version, sane texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select

from app.domain import people
from app.domain.errors import Conflict, NotFound, Refusal, Refused
from app.domain.lifecycle import BY_KEY
from app.domain.people import Actor
from app.models.base import Edited
from app.models.best_practice import Practice
from app.models.history import add_move
from app.models.incident import Incident
from app.models.person import Person
from app.queries import criteria
from app.queries.visibility import may_see_incident
from app.workflow.unit_of_work import Work

TEXT_MAX = 50_000
LINE_MAX = 300


_INCIDENT = (
    select(Incident)
    .where(Incident.number == bindparam("number"))
    .with_for_update(of=Incident)
    .execution_options(populate_existing=True)
)


def incident(work: Work, number: int, by: Actor, action: str) -> Incident:
    """The incident, locked. NotFound also when this person may not know of it; NotAllowed by the one table."""
    found = work.session.execute(_INCIDENT, {"number": number}).scalar_one_or_none()
    if found is None or (found.is_private and not _may_see(work, found, by)):
        raise NotFound(f"There is no INC-{number}, or you may not see it.")
    people.require(by, action)
    return found


def _may_see(work: Work, incident: Incident, by: Actor) -> bool:
    seen = select(Incident.id).where(Incident.id == incident.id, may_see_incident(by))
    return work.session.scalar(seen) is not None


def practice(work: Work, number: int, by: Actor, action: str) -> Practice:
    """The practice, locked. Practices are locked before incidents, so that two people never wait for each other."""
    found = work.session.execute(
        select(Practice).where(Practice.number == number).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no BP-{number}.")
    people.require(by, action)
    return found


def require_version(
    work: Work, *, seen: int, current: int, edited_by_id: int | None, saved: Mapping[str, object]
) -> None:
    """Conflict, with what the other person saved, unless the form was filled on the version that is stored now."""
    if seen == current:
        return
    other = work.session.get(Person, edited_by_id) if edited_by_id else None
    raise Conflict(other.name if other else "Ratchet", current, saved)


def keep(work: Work, row: Edited, by: Actor) -> None:
    """Save the form's row as a new version of this person."""
    row.edited_by_id = by.id
    row.version = (row.version or 0) + 1
    work.session.add(row)
    work.session.flush()


def record(
    work: Work, incident: Incident, verb: str, *, by: Actor, now: datetime, why: str = "", on: str | None = None
) -> int:
    """A Move that changes no position: who edited what, when. `on` is the stage that was edited."""
    stage = on or incident.stage
    return add_move(
        work.session,
        incident_id=incident.id,
        verb=verb,
        from_stage=stage,
        from_state=incident.state,
        to_stage=stage,
        to_state=incident.state,
        why=why,
        by_id=by.id,
        at=now,
    )


def record_practice(work: Work, practice: Practice, verb: str, *, was: str | None, by: Actor, now: datetime,
                    why: str = "") -> int:  # fmt: skip
    """A Move of a practice, from the state it was in to the one it is in."""
    return add_move(
        work.session,
        practice_id=practice.id,
        verb=verb,
        from_stage="practice" if was else None,
        from_state=was,
        to_stage="practice",
        to_state=practice.state,
        why=why,
        by_id=by.id,
        at=now,
    )


def require_still_complete(work: Work, incident: Incident, stage: str) -> None:
    """Nothing slips back unseen: an edit may not take away what a completed stage was completed for."""
    if incident.position.number <= BY_KEY[stage].number and not incident.position.is_closed:
        return
    if stage in criteria.skipped_stages(work.session, incident.id):
        return
    missing = criteria.missing(work.session, incident, stage)
    if missing:
        title = BY_KEY[stage].title
        first = Refusal("stage.completed", f"{title} is complete. Reopen it before you change it so:")
        raise Refused([first, *missing])


def text(value: str, field: str, *, most: int = TEXT_MAX) -> str:
    """The text without surrounding space, its line ends alike. Refused: it is too long, or holds a NUL."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\x00" in value:
        raise Refused.because("text.nul", "Remove the NUL character: no database can keep it.", field)
    if len(value) > most:
        raise Refused.because("text.long", f"Shorten this to {most:,} characters; it has {len(value):,}.", field)
    return value


def line(value: str, field: str, *, most: int = LINE_MAX) -> str:
    """A text of one line."""
    return text(" ".join(value.split()), field, most=most)


def required_line(value: str, field: str, ask: str, *, most: int = LINE_MAX) -> str:
    value = line(value, field, most=most)
    if not value:
        raise Refused.because(f"{field}.missing", ask, field)
    return value
