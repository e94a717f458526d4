"""Stage 5, analysis: which failure pattern this was, and whether a practice follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.domain import analysis as rules
from app.domain import review
from app.domain.errors import Refused
from app.domain.events import PracticesLinked
from app.domain.lifecycle import BY_KEY
from app.domain.people import Actor
from app.models.analysis import Analysis, Pattern
from app.models.incident import Incident
from app.queries.pattern import may_see_pattern
from app.workflow import kit, links
from app.workflow.unit_of_work import Work


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the form holds: a known pattern, or the name of a new one; the decision, its reason, known practices."""

    pattern_id: int | None = None
    new_pattern: str = ""
    area: str = ""
    decision: str = ""
    reason: str = ""
    practice_ids: Sequence[int] = ()


def save(work: Work, number: int, told: Told, *, version: int, by: Actor, now: datetime) -> Analysis:
    """Keep the analysis so far; practices that are linked here are those of the next stages."""
    practices = links.lock_practices(work, told.practice_ids)
    incident = kit.incident(work, number, by, "analyse")
    row = work.session.get(Analysis, incident.id) or Analysis(incident_id=incident.id, reason="")
    before = saved(row, links.practice_ids(work, incident.id))
    kit.require_version(work, seen=version, current=row.version or 0, edited_by_id=row.edited_by_id, saved=before)
    if told.decision and told.decision not in rules.DECISIONS:
        raise Refused.because("analysis.decision_unknown", "Choose one of new, known or none.", "decision")
    if (told.decision or None) != row.decision and _is_decided(incident):
        raise Refused.because(
            "analysis.decided", "The later stages follow this decision. Reopen Analysis to change it.", "decision"
        )
    row.decision = told.decision or None
    row.reason = kit.text(told.reason, "reason", most=10_000)
    row.pattern_id = _pattern(work, told, by, row.pattern_id)
    if saved(row, [each.id for each in practices]) == before:
        return row
    kit.keep(work, row, by)
    has_changed = links.replace(work, incident, practices)
    kit.require_still_complete(work, incident, "analysis")
    move = kit.record(work, incident, "save", by=by, now=now, on="analysis")
    if has_changed:
        work.tell(PracticesLinked(move_id=move, incident_id=incident.id, by_id=by.id, at=now))
    return row


def saved(row: Analysis, practice_ids: Sequence[int]) -> dict[str, object]:
    """The stored values by the names of the form."""
    return {
        "pattern_id": row.pattern_id, "decision": row.decision or "", "reason": row.reason,
        "practice_ids": sorted(practice_ids),
    }  # fmt: skip


def _is_decided(incident: Incident) -> bool:
    return incident.position.number > BY_KEY["analysis"].number or incident.position.is_closed


def _new_pattern(work: Work, name: str, area: str | None) -> int:
    pattern = Pattern(name=name, description="", area=area)
    try:
        with work.session.begin_nested():
            work.session.add(pattern)
            work.session.flush()
    except IntegrityError:
        raise Refused.because(
            "pattern.named", "Somebody has named this pattern at this moment. Save once more.", "new_pattern"
        ) from None
    return pattern.id


def _pattern(work: Work, told: Told, by: Actor, kept: int | None) -> int | None:
    name = kit.line(told.new_pattern, "new_pattern", most=120)
    if name:
        # Compared here: SQLite knows no small letters beyond ASCII, and there are never many patterns.
        patterns = work.session.execute(select(Pattern.id, Pattern.name))
        known = next((each.id for each in patterns if each.name.casefold() == name.casefold()), None)
        return known or _new_pattern(work, name, review.require_area(told.area) if told.area else None)
    seen = select(Pattern.id).where(Pattern.id == told.pattern_id, may_see_pattern(by))
    if told.pattern_id not in (None, kept) and work.session.scalar(seen) is None:
        raise Refused.because("pattern.unknown", "Choose a pattern from the list, or name a new one.", "pattern_id")
    return told.pattern_id
