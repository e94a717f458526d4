"""Several incidents are the same failure: their pattern is named for all of them in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.domain.errors import Refused
from app.domain.lifecycle import BY_KEY
from app.domain.people import Actor
from app.models.analysis import Analysis, Pattern
from app.models.best_practice import incident_practice
from app.models.incident import Incident
from app.queries import pattern_names
from app.workflow import analysis, kit, links
from app.workflow.unit_of_work import Work


@dataclass
class Shared:
    """The pattern, whether it was named just now, and the numbers of the incidents that have it; `elsewhere`: the
    others, with where each of them is."""

    pattern: str
    is_new: bool
    numbers: list[int] = field(default_factory=list)
    elsewhere: list[tuple[int, str]] = field(default_factory=list)


def name(work: Work, numbers: Sequence[int], typed: str, *, by: Actor, now: datetime) -> Shared:
    """Name the pattern of each incident that is at Analysis: a known one of nearly that name, or else a new one."""
    typed = kit.required_line(typed, "new_pattern", "Name the pattern, such as retry storm.", most=120)
    known = pattern_names.near(work.session, by, typed)
    found = Shared(known.name if known else typed, known is None)
    _lock_practices(work, numbers)
    for number in sorted(set(numbers)):
        incident = kit.incident(work, number, by, "analyse")
        if incident.stage != "analysis":
            where = "its loop is closed" if incident.position.is_closed else f"it is at {BY_KEY[incident.stage].title}"
            found.elsewhere.append((number, where))
            continue
        pattern_id = _save(work, incident, known, typed, by=by, now=now)
        known = known or work.session.get_one(Pattern, pattern_id)
        found.numbers.append(number)
    if not found.numbers:
        where = "; ".join(f"INC-{number}: {words}" for number, words in found.elsewhere)
        raise Refused.because("analysis.none_here", f"None of them is at Analysis ({where}). Nothing was changed.")
    return found


def _lock_practices(work: Work, numbers: Sequence[int]) -> None:
    """Before any incident, as everywhere."""
    linked = (
        select(incident_practice.c.practice_id)
        .join(Incident, Incident.id == incident_practice.c.incident_id)
        .where(Incident.number.in_(numbers))
    )
    links.lock_practices(work, sorted(set(work.session.scalars(linked))))


def _save(work: Work, incident: Incident, known: Pattern | None, typed: str, *, by: Actor, now: datetime) -> int | None:
    """What was decided before stays."""
    row = work.session.get(Analysis, incident.id)
    told = analysis.Told(
        pattern_id=known.id if known else None, new_pattern="" if known else typed,
        decision=(row.decision or "") if row else "", reason=row.reason if row else "",
        practice_ids=links.practice_ids(work, incident.id),
    )  # fmt: skip
    version = row.version if row else 0
    return analysis.save(work, incident.number, told, version=version, by=by, now=now).pattern_id
