"""What stands behind the services that have not adopted a practice: which of them move it most, and how many minutes
could have been prevented."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Subquery, exists, func, or_, select, union, union_all
from sqlalchemy.orm import Session

from app.domain.adoption import NOT_ADOPTED, UNKNOWN
from app.domain.report_sections import Mover
from app.models.adoption import PastStanding, Standing
from app.models.analysis import Analysis
from app.models.best_practice import Practice, incident_practice
from app.models.catalog import Service
from app.models.incident import Incident, incident_service
from app.models.person import Team
from app.models.resolution import Resolution
from app.queries import impact
from app.queries.visibility import may_see_incident
from app.queries.weekly.practices import Said
from app.queries.weekly.scope import Scope

NAMED = 3  # services of each practice
GAPS = (NOT_ADOPTED, UNKNOWN)


def movers(
    session: Session, scope: Scope, said: Mapping[int, Said], numbers: Collection[int]
) -> dict[int, list[Mover]]:
    """By number of a practice, the services that matter most: met by an incident, then by tier. One query."""
    ids = [each.id for each in said.values() if each.number in set(numbers)]
    if not ids:
        return {}
    gaps, behind = _gaps(scope, ids), impact.scored(_met(scope, ids))
    place = func.row_number().over(
        partition_by=gaps.c.practice_id,
        order_by=(
            impact.score(behind).desc(), func.coalesce(behind.c.incidents, 0).desc(), Service.tier, Service.name
        ),
    )  # fmt: skip
    inner = (
        select(
            gaps.c.practice_id, Service.name, Service.tier, Team.title, gaps.c.standing,
            behind.c.incidents, behind.c.minutes, behind.c.unknown, place.label("place"),
        )
        .select_from(gaps)
        .join(Service, Service.id == gaps.c.service_id)
        .outerjoin(Team, Team.id == Service.team_id)
        .outerjoin(
            behind, (behind.c.practice_id == gaps.c.practice_id) & (behind.c.service_id == gaps.c.service_id)
        )
        .subquery()
    )  # fmt: skip
    rows: Any = session.execute(
        select(inner).where(inner.c.place <= NAMED).order_by(inner.c.practice_id, inner.c.place)
    )
    found: dict[int, list[Mover]] = {}
    for practice_id, name, tier, team, standing, incidents, minutes, unknown, _place in rows:
        line = Mover(name, tier, team, standing, int(incidents or 0), int(minutes or 0), int(unknown or 0))
        found.setdefault(said[practice_id].number, []).append(line)
    return found


def minutes(session: Session, scope: Scope, practice_ids: Collection[int]) -> dict[int, int | None]:
    """By id of a practice, what the incidents have cost that met services which have not adopted it: each incident
    once. None: of none of them anybody knows. One query."""
    if not practice_ids:
        return {}
    met = _met(scope, practice_ids)
    each = (  # each pair is looked up: there are far fewer of them than cells
        select(met.c.practice_id, met.c.incident_id)
        .join(Service, Service.id == met.c.service_id)
        .where(or_(*(exists().where(*_is_gap(kind, scope, met)) for kind in (Standing, PastStanding))), *scope.services)
        .distinct()
        .subquery()
    )
    rows = session.execute(
        select(each.c.practice_id, func.sum(Resolution.customer_minutes))
        .outerjoin(Resolution, Resolution.incident_id == each.c.incident_id)
        .group_by(each.c.practice_id)
    )
    return {key: None if total is None else int(total) for key, total in rows}


def _gaps(scope: Scope, practice_ids: Collection[int]) -> Subquery:
    """The cells of the scope that were not adopted, or unknown, at the end of the week."""
    now = select(Standing.practice_id, Standing.service_id, Standing.standing).where(
        Standing.practice_id.in_(practice_ids), *_is_gap(Standing, scope)
    )
    past = select(PastStanding.practice_id, PastStanding.service_id, PastStanding.standing).where(
        PastStanding.practice_id.in_(practice_ids), *_is_gap(PastStanding, scope)
    )
    both = union_all(now, past).subquery()
    owned = select(both).join(Service, Service.id == both.c.service_id).where(*scope.services)
    return owned.subquery("gap") if scope.team_ids is not None else both


def _is_gap(kind: Any, scope: Scope, pair: Any = None) -> list[Any]:
    """Conditions: a row told of a gap just before the end of the week; that of a pair, if one is given."""
    at = scope.as_of
    end = or_(kind.due_at.is_(None), kind.due_at >= at) if kind is Standing else kind.until >= at
    of_pair = [] if pair is None else [kind.practice_id == pair.c.practice_id, kind.service_id == pair.c.service_id]
    return [*of_pair, kind.standing.in_(GAPS), kind.since < at, end]


def _met(scope: Scope, practice_ids: Collection[int]) -> Subquery:
    """Incidents linked to a practice or of its pattern, on each service that they affected; declared by then."""
    linked = select(incident_practice.c.practice_id, incident_practice.c.incident_id).where(
        incident_practice.c.practice_id.in_(practice_ids)
    )
    alike = (
        select(Practice.id, Analysis.incident_id)
        .join(Analysis, Analysis.pattern_id == Practice.pattern_id)
        .where(Practice.id.in_(practice_ids))
    )
    pairs = union(linked, alike).subquery()
    return (
        select(pairs.c.practice_id, incident_service.c.service_id, pairs.c.incident_id)
        .join(Incident, Incident.id == pairs.c.incident_id)
        .join(incident_service, incident_service.c.incident_id == pairs.c.incident_id)
        .where(Incident.declared_at < scope.as_of, may_see_incident(scope.by))
        .subquery("met")
    )
