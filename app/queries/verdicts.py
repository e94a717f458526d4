"""What the expressions of people say about services: the same verdict for a dry run, an editor and an evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import cel
from app.domain.automation import ERROR, FAIL, PASS
from app.domain.errors import Refused
from app.models.catalog import Fact, Service, service_dependency
from app.models.person import Team


@dataclass(frozen=True)
class Subject:
    """One service as expressions see it. `reported_at`: when it last reported a fact; None: never."""

    id: int
    name: str
    team_id: int | None
    values: cel.Values
    reported_at: datetime | None


def subjects(session: Session, service_ids: Sequence[int] | None = None) -> list[Subject]:
    """The services in use, or some of them, by name; four queries however many there are."""
    services = select(Service, Team.name).outerjoin(Team, Team.id == Service.team_id).where(~Service.is_retired)
    facts = select(Fact.service_id, Fact.key, Fact.value)
    last = select(Fact.service_id, func.max(Fact.at)).group_by(Fact.service_id)
    needs = select(service_dependency.c.service_id, Service.name).join(
        Service, Service.id == service_dependency.c.depends_on_id
    )
    if service_ids is not None:
        services = services.where(Service.id.in_(service_ids))
        facts, last = facts.where(Fact.service_id.in_(service_ids)), last.where(Fact.service_id.in_(service_ids))
        needs = needs.where(service_dependency.c.service_id.in_(service_ids))
    told: dict[int, dict[str, Any]] = {}
    for service_id, key, value in session.execute(facts):
        told.setdefault(service_id, {})[key] = value
    depends_on: dict[int, list[str]] = {}
    for service_id, name in session.execute(needs):
        depends_on.setdefault(service_id, []).append(name)
    reported_at = {row[0]: row[1] for row in session.execute(last)}
    return [
        Subject(
            service.id, service.name, service.team_id,
            cel.Values(variables(service, team, told.get(service.id, {}), sorted(depends_on.get(service.id, [])))),
            reported_at.get(service.id),
        )
        for service, team in session.execute(services.order_by(Service.name))
    ]  # fmt: skip


def variables(service: Service, team: str | None, facts: Mapping[str, Any], needs: Sequence[str]) -> dict[str, Any]:
    """`service` and `facts`: all that a selector or a check can ask about."""
    return {
        "service": {
            "name": service.name, "team": team or "", "tier": service.tier, "kind": service.kind,
            "depends_on": list(needs),
        },
        "facts": dict(facts),
    }  # fmt: skip


def applies(selector: str, to: Subject) -> bool | None:
    """Whether a practice applies to a service; None when its selector fails on this service."""
    try:
        return cel.read(selector, "selector").holds(to.values)
    except (cel.ExpressionError, Refused):
        return None


def verdict(expression: str, on: Subject) -> tuple[str, str]:
    """The result of a facts check on one service, and a message where there is something to say."""
    if on.reported_at is None:
        return ERROR, "The service has not reported any facts."
    try:
        held = cel.read(expression).holds(on.values)
    except (cel.ExpressionError, Refused) as error:
        return ERROR, str(error)
    return (PASS, "") if held else (FAIL, f"False: {expression}")
