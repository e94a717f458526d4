"""What the expressions of people say about services: the same verdict for a dry run, an editor and an evaluation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import cel
from app.domain.automation import ERROR, FAIL, PASS
from app.domain.errors import Refused
from app.models.catalog import Fact, Service, service_dependency
from app.models.person import Team

WORDS_MAX, VALUE_MAX = 400, 120
IN_MAX = 1_000  # names in one "in (…)"


@dataclass(frozen=True)
class Subject:
    """One service as expressions see it. `reported_at`: when it last reported a fact; None: never. `facts` and
    `seen_at` by key: each fact, and when it was seen."""

    id: int
    name: str
    team_id: int | None
    values: cel.Values
    reported_at: datetime | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    seen_at: Mapping[str, datetime] = field(default_factory=dict)
    _applies: dict[str, bool | None] = field(default_factory=dict, repr=False, compare=False)
    _behind: dict[Any, tuple[str, datetime | None]] = field(default_factory=dict, repr=False, compare=False)

    def applies(self, selector: str) -> bool | None:
        """Whether a selector means this service; None when it fails on it. Many practices share a selector."""
        if selector not in self._applies:
            self._applies[selector] = _holds(selector, self.values)
        return self._applies[selector]

    def behind(self, keys: tuple[str, ...] | None) -> tuple[str, datetime | None]:
        """The facts of these keys in words, and when the oldest of them was seen: no verdict is fresher than that.
        None: any fact may have been read."""
        if keys not in self._behind:
            known = [key for key in keys if key in self.seen_at] if keys is not None else list(self.seen_at)
            at = min((self.seen_at[key] for key in known), default=self.reported_at)
            words = "; ".join(f"{key} = {_said(self.facts[key])}" for key in (known if keys is not None else ()))
            self._behind[keys] = words[:WORDS_MAX], at
        return self._behind[keys]


def subjects(session: Session, service_ids: Sequence[int] | None = None) -> list[Subject]:
    """The services in use, or some of them, by name; three queries for each thousand."""
    if service_ids is not None and len(service_ids) > IN_MAX:
        parts = [service_ids[at : at + IN_MAX] for at in range(0, len(service_ids), IN_MAX)]
        return sorted((each for part in parts for each in subjects(session, part)), key=lambda each: each.name)
    services = select(Service, Team.name).outerjoin(Team, Team.id == Service.team_id).where(~Service.is_retired)
    facts = select(Fact.service_id, Fact.key, Fact.value, Fact.at)
    needs = select(service_dependency.c.service_id, Service.name).join(
        Service, Service.id == service_dependency.c.depends_on_id
    )
    if service_ids is not None:
        services = services.where(Service.id.in_(service_ids))
        facts = facts.where(Fact.service_id.in_(service_ids))
        needs = needs.where(service_dependency.c.service_id.in_(service_ids))
    told: dict[int, tuple[dict[str, Any], dict[str, datetime]]] = {}
    for service_id, key, value, at in session.execute(facts):
        values, seen_at = told.setdefault(service_id, ({}, {}))
        values[key], seen_at[key] = value, at
    depends_on: dict[int, list[str]] = {}
    for service_id, name in session.execute(needs):
        depends_on.setdefault(service_id, []).append(name)
    found = []
    for service, team in session.execute(services.order_by(Service.name)):
        values, seen_at = told.get(service.id, ({}, {}))
        asked = variables(service, team, values, sorted(depends_on.get(service.id, [])))
        last = max(seen_at.values(), default=None)
        found.append(Subject(service.id, service.name, service.team_id, cel.Values(asked), last, values, seen_at))
    return found


def variables(service: Service, team: str | None, facts: Mapping[str, Any], needs: Sequence[str]) -> dict[str, Any]:
    """`service` and `facts`: all that a selector or a check can ask about."""
    return {
        "service": {
            "name": service.name, "team": team or "", "tier": service.tier, "kind": service.kind,
            "depends_on": list(needs), "system": service.system, "type": service.type,
            "lifecycle": service.lifecycle, "tags": list(service.tags),
        },
        "facts": dict(facts),
    }  # fmt: skip


def applies(selector: str, to: Subject) -> bool | None:
    """Whether a practice applies to a service; None when its selector fails on this service."""
    return to.applies(selector)


def verdict(expression: str, on: Subject) -> tuple[str, str]:
    """The result of a facts check on one service, and in words what it rests on."""
    result, message, _at = judge_facts(expression, on)
    return result, message


def judge_facts(expression: str, on: Subject) -> tuple[str, str, datetime | None]:
    """The result, its words, and when the oldest fact behind it was seen; None for an error, which is never fresh."""
    if on.reported_at is None:
        return ERROR, "The service has not reported any facts.", None
    try:
        read = cel.read(expression)
        held = read.holds(on.values)
    except (cel.ExpressionError, Refused) as error:
        return ERROR, str(error), None
    words, at = on.behind(read.facts_read)
    return PASS if held else FAIL, words or ("" if held else f"False: {expression}"[:WORDS_MAX]), at


def _holds(selector: str, values: cel.Values) -> bool | None:
    try:
        return cel.read(selector, "selector").holds(values)
    except (cel.ExpressionError, Refused):
        return None


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:VALUE_MAX]
