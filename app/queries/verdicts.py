"""What the expressions of people say about services: the same verdict for a dry run, an editor and an evaluation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, func, select, type_coerce
from sqlalchemy.orm import Session

from app import cel
from app.domain.automation import ERROR, FAIL, PASS
from app.domain.errors import Refused
from app.models.catalog import Fact, Service, service_dependency
from app.models.person import Team

WORDS_MAX, VALUE_MAX = 400, 120
IN_MAX = 1_000  # names in one "in (…)"
_PLAIN = frozenset({bool, int, str})  # not float: 0.0 equals -0.0, and is something else


@dataclass(frozen=True)
class Subject:
    """One service as expressions see it. `reported_at` and `oldest_at`: when the newest and the oldest of its facts
    were seen; None: it has none. `facts` and `seen_at` by key: each fact, and when it was seen."""

    id: int
    name: str
    team_id: int | None
    values: cel.Values
    reported_at: datetime | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    seen_at: Mapping[str, datetime] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)  # each fact in words that no other value has
    _applies: dict[str, bool | None] = field(default_factory=dict, repr=False, compare=False)

    def applies(self, selector: str) -> bool | None:
        """Whether a selector means this service; None when it fails on it. Many practices share a selector."""
        if selector not in self._applies:
            self._applies[selector] = _holds(selector, self.values)
        return self._applies[selector]

    @property
    def oldest_at(self) -> datetime | None:
        return min(self.seen_at.values(), default=None)

    def seen(self, keys: tuple[str, ...] | None) -> datetime | None:
        """When the oldest of the facts of these keys was seen: no verdict is fresher than that. None: any fact may have
        been read."""
        if keys is None:
            return self.oldest_at
        return min([self.seen_at[key] for key in keys if key in self.seen_at], default=self.reported_at)

    def behind(self, keys: tuple[str, ...] | None) -> str:
        """The facts of these keys in words."""
        return "; ".join(_shortened(self.said[key]) for key in keys or () if key in self.said)[:WORDS_MAX]


class Asked(NamedTuple):
    """What expressions may ask of a service, and whose it is."""

    id: int
    name: str
    team_id: int | None
    tier: int
    kind: str
    system: str
    type: str
    lifecycle: str
    tags: list[str]


_ASKED = [getattr(Service, name) for name in Asked._fields]


def subjects(session: Session, service_ids: Sequence[int] | None = None) -> list[Subject]:
    """The services in use, or some of them, by name; three or four queries for each thousand."""
    if service_ids is not None and len(service_ids) > IN_MAX:
        parts = [service_ids[at : at + IN_MAX] for at in range(0, len(service_ids), IN_MAX)]
        return sorted((each for part in parts for each in subjects(session, part)), key=lambda each: each.name)
    services = select(*_ASKED, Team.name).outerjoin(Team, Team.id == Service.team_id).where(~Service.is_retired)
    needs = select(service_dependency.c.service_id, Service.name).join(
        Service, Service.id == service_dependency.c.depends_on_id
    )
    if service_ids is not None:
        services = services.where(Service.id.in_(service_ids))
        needs = needs.where(service_dependency.c.service_id.in_(service_ids))
    told = _facts(session, service_ids)
    depends_on: dict[int, list[str]] = {}
    for service_id, name in session.execute(needs):
        depends_on.setdefault(service_id, []).append(name)
    found, words = [], _Words()
    for *columns, team in session.execute(services.order_by(Service.name)):
        service = Asked(*columns)
        values, seen_at = told.get(service.id, ({}, {}))
        asked = variables(service, team, values, sorted(depends_on.get(service.id, [])))
        last = max(seen_at.values(), default=None)
        said = {key: words.of(key, value) for key, value in values.items()}
        found.append(Subject(service.id, service.name, service.team_id, cel.Values(asked), last, values, seen_at, said))
    return found


def _facts(
    session: Session, service_ids: Sequence[int] | None
) -> dict[int, tuple[dict[str, Any], dict[str, datetime]]]:
    """Values and instants by key, for each service: put together by the database, which takes a tenth of the time. Most
    services report all their facts at one instant; the others are asked about once more."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    together: Any = func.jsonb_object_agg if is_postgresql else func.json_group_object
    value = Fact.value if is_postgresql else func.json(Fact.value)
    rows = select(
        Fact.service_id, type_coerce(together(Fact.key, value), JSON), func.min(Fact.at), func.max(Fact.at)
    ).group_by(Fact.service_id)
    if service_ids is not None:
        rows = rows.where(Fact.service_id.in_(service_ids))
    found, mixed = {}, []
    for service_id, values, oldest_at, newest_at in session.execute(rows):
        found[service_id] = values, dict.fromkeys(values, newest_at)
        if oldest_at != newest_at:
            mixed.append(service_id)
    for part in (mixed[at : at + IN_MAX] for at in range(0, len(mixed), IN_MAX)):
        seen = select(Fact.service_id, Fact.key, Fact.at).where(Fact.service_id.in_(part))
        for service_id, key, seen_at in session.execute(seen):
            found[service_id][1][key] = seen_at
    return found


def variables(
    service: Service | Asked, team: str | None, facts: Mapping[str, Any], needs: Sequence[str]
) -> dict[str, Any]:
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
    words = on.behind(read.facts_read) or ("" if held else f"False: {expression}"[:WORDS_MAX])
    return PASS if held else FAIL, words, on.seen(read.facts_read)


def _holds(selector: str, values: cel.Values) -> bool | None:
    try:
        return cel.read(selector, "selector").holds(values)
    except (cel.ExpressionError, Refused):
        return None


class _Words(dict[tuple[str, type, Any], str]):
    """Facts in words. What many services say is one text, so that it is quick to see that they say the same."""

    def of(self, key: str, value: Any) -> str:
        kind = type(value)
        return self[key, kind, value] if kind in _PLAIN else f"{key} = {json.dumps(value, ensure_ascii=False)}"

    def __missing__(self, fact: tuple[str, type, Any]) -> str:
        words = self[fact] = f"{fact[0]} = {json.dumps(fact[2], ensure_ascii=False)}"
        return words


def _shortened(said: str) -> str:
    return said if len(said) <= VALUE_MAX else f"{said[:VALUE_MAX]}…"
