"""Services of the catalogue: read, and put by whatever knows them best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from app import links
from app.api import asking, bodies, paging, shapes
from app.api.v1 import operation, shown
from app.domain.errors import NotFound, Refused
from app.models.catalog import Service
from app.queries import catalogue, lists, people, services
from app.queries.lists import ServiceLine
from app.workflow import catalog
from app.workflow.catalog import ServiceTold

# What is taken as it is sent, and stays as it is where it is left out.
KEPT = ("title", "description", "tier", "kind", "is_retired", "system", "type", "lifecycle", "tags")


@operation("GET", "/services", query=bodies.OfServices, gives=shapes.Services)
def index(query: bodies.OfServices) -> shapes.Services:
    """List services, by name."""
    after = paging.after(query.cursor, str)
    found = lists.services(
        asking.reading(), after[0] if after else "", query.limit + 1, team=query.team, tier=query.tier,
        words=query.q, retired=query.retired,
    )  # fmt: skip
    items = [shapes.Service(**_about(each)) for each in found[: query.limit]]
    has_more = len(found) > query.limit
    return shapes.Services(items=items, next=paging.next_url(paging.cursor(items[-1].name)) if has_more else None)


@operation("GET", "/services/<name>", gives=shapes.ServiceWhole)
def show(name: str) -> shapes.ServiceWhole:
    """Read a service with its facts, and where it stands on every practice."""
    line = _find(name)
    if line is None:
        raise NotFound("There is no service of this name.")
    session, key = asking.reading(), line.service.id
    stands = [
        shapes.On(
            practice=f"BP-{each.number}", statement=each.statement, standing=each.standing, since=each.since,
            message=each.message,
        )
        for each in services.standings(session, key)
    ]  # fmt: skip
    facts = [
        shapes.Fact(key=each.key, value=each.value, source=each.source, at=each.at)
        for each in services.facts(session, key)
    ]
    return shapes.ServiceWhole(**_about(line), standings=stands, facts=facts)


@operation("PUT", "/services/<name>", told=bodies.ServiceTold, gives=shapes.Service)
def put(name: str, told: bodies.ServiceTold) -> Response:
    """Add a service (201), or change it (200): what is left out stays as it is."""
    name = name.strip().lower()
    line = _find(name)
    given = _told(name, told, line)
    by, now = asking.by(), asking.now()
    with asking.begin() as work:
        if line is None:
            catalog.add_service(work, given, by=by, now=now)
        else:
            catalog.edit_service(work, name, given, version=line.service.version, by=by, now=now)
    kept = _find(name)
    if kept is None:
        raise NotFound("The service was removed meanwhile.")
    return shown(shapes.Service(**_about(kept)), 201 if line is None else 200)


def _find(name: str) -> ServiceLine | None:
    return lists.service(asking.reading(), name) if name.isprintable() else None


def _told(name: str, told: bodies.ServiceTold, line: ServiceLine | None) -> ServiceTold:
    """What is to be stored: what was sent, upon what there is."""
    was = line.service if line else Service(title="", description="", tier=3, kind="stateless", is_retired=False)
    found: dict[str, Any] = {
        each: sent if (sent := getattr(told, each)) is not None else getattr(was, each) for each in KEPT
    }
    found["tags"] = found["tags"] or []
    found["team_id"] = _team_id(told.team) if "team" in told.model_fields_set else was.team_id
    found["depends_on_ids"] = _ids(told.depends_on if told.depends_on is not None else line.depends_on if line else ())
    return ServiceTold(name=name, **{each: value for each, value in found.items() if value is not None})


def _team_id(name: str | None) -> int | None:
    if name is None:
        return None
    try:
        return people.find_team(asking.reading(), name).id
    except NotFound as error:
        raise Refused.because("team.unknown", str(error), "team") from None


def _ids(names: Sequence[str]) -> list[int]:
    known = catalogue.service_ids(asking.reading(), names)
    unknown = [each for each in names if each not in known]
    if unknown:
        words = f"There is no service {', '.join(unknown[:5])}. Add it first, or leave it out."
        raise Refused.because("service.unknown", words, "depends_on")
    return sorted(known.values())


def _about(line: ServiceLine) -> dict[str, Any]:
    of = line.service
    return {
        "name": of.name, "title": of.title, "description": of.description, "team": line.team, "tier": of.tier,
        "kind": of.kind, "depends_on": line.depends_on, "is_retired": of.is_retired, "system": of.system,
        "type": of.type, "lifecycle": of.lifecycle, "tags": of.tags,
        "url": paging.url(links.service(of.name)),
    }  # fmt: skip
