"""Where incidents wait: the funnel of eight stages, and those that have waited longest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain.lifecycle import BLOCKED, STAGES
from app.domain.report_sections import StageLine, Stages, WaitLine
from app.models.incident import Incident
from app.models.person import Person
from app.models.review import Review
from app.queries.waiting import waits_for
from app.queries.weekly.positions import Positions, Stood
from app.queries.weekly.scope import Scope

LONGEST = 8
_Commander, _Facilitator = aliased(Person), aliased(Person)


class _Row(NamedTuple):
    """What `waiting.waits_for` asks of a row; stage and state as they were."""

    id: int
    stage: str
    state: str
    commander: str | None
    facilitator: str | None


def read(session: Session, scope: Scope, positions: Positions) -> Stages:
    """Five queries at most, for the names of those that have waited longest."""
    waiting: dict[str, list[Stood]] = {each.key: [] for each in STAGES}
    reached = [0] * (len(STAGES) + 1)
    for each in positions.stood.values():
        if not each.position.is_closed:
            waiting[each.position.stage].append(each)
        if each.declared_at >= scope.far_back:
            reached[len(STAGES) if each.position.is_closed else each.position.number - 1] += 1
    lines = []
    for at, stage in enumerate(STAGES):
        hours = sorted(_hours(scope, each) for each in waiting[stage.key])
        blocked = sum(each.position.state == BLOCKED for each in waiting[stage.key])
        lines.append(StageLine(stage.key, stage.title, sum(reached[at:]), len(hours), blocked, *_spread(hours)))
    longest = sorted((each for some in waiting.values() for each in some), key=lambda each: (each.entered_at, each.id))
    return Stages(lines, _named(session, scope, longest[:LONGEST]))


def _hours(scope: Scope, of: Stood) -> float:
    return round((scope.as_of - of.entered_at).total_seconds() / 3600, 2)


def _spread(hours: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """Median, 90th percentile (the nearest rank) and the longest of sorted figures."""
    if not hours:
        return None, None, None
    return round(median(hours), 2), hours[-(-9 * len(hours) // 10) - 1], hours[-1]


def _named(session: Session, scope: Scope, longest: Sequence[Stood]) -> list[WaitLine]:
    if not longest:
        return []
    about = _about(session, [each.id for each in longest])
    rows = [_Row(each.id, each.position.stage, each.position.state, *about[each.id][3:]) for each in longest]
    whom: Mapping[int, str] = waits_for(session, rows)
    return [
        WaitLine(
            number, title, severity, each.position.stage, _hours(scope, each), each.position.state == BLOCKED,
            whom.get(each.id, ""),
        )
        for each in longest
        for number, title, severity in [about[each.id][:3]]
    ]  # fmt: skip


def _about(session: Session, ids: Iterable[int]) -> dict[int, Any]:
    rows = session.execute(
        select(
            Incident.id, Incident.number, Incident.title, Incident.severity, _Commander.name, _Facilitator.name
        )
        .outerjoin(_Commander, _Commander.id == Incident.commander_id)
        .outerjoin(Review, Review.incident_id == Incident.id)
        .outerjoin(_Facilitator, _Facilitator.id == Review.facilitator_id)
        .where(Incident.id.in_(list(ids)))
    )  # fmt: skip
    return {row[0]: row[1:] for row in rows}
