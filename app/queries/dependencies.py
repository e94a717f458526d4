"""Which services need which, for the page that shows it: all of them, or those around one. Never retired ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain import graph
from app.models.catalog import Service, service_dependency

FOUND_MAX = 50  # names that a search shows
LINK = service_dependency.c
Needs = dict[str, list[str]]


@dataclass(frozen=True)
class Around:
    """The neighbours of a service by name: those one step away, and those one step further."""

    needs: list[str]
    needs_further: list[str]
    needed_by: list[str]
    needed_by_further: list[str]

    @property
    def names(self) -> set[str]:
        """All of them."""
        return {*self.needs, *self.needs_further, *self.needed_by, *self.needed_by_further}


def everything(session: Session) -> Needs:
    """What each service needs, by name. Two queries."""
    rows = session.execute(select(Service.id, Service.name).where(~Service.is_retired))
    names = {row[0]: row[1] for row in rows}
    needs: Needs = {name: [] for name in names.values()}
    for of, on in session.execute(select(LINK.service_id, LINK.depends_on_id)):
        if of in names and on in names:
            needs[names[of]].append(names[on])
    return needs


def around(session: Session, service_id: int) -> Around:
    """The neighbours of one service, up to two steps. Five queries."""
    needs = _step(session, [service_id], LINK.service_id, LINK.depends_on_id)
    further = _step(session, needs, LINK.service_id, LINK.depends_on_id) - needs - {service_id}
    needed_by = _step(session, [service_id], LINK.depends_on_id, LINK.service_id)
    before = _step(session, needed_by, LINK.depends_on_id, LINK.service_id) - needed_by - {service_id}
    names = _names(session, needs | further | needed_by | before)
    return Around(
        *(sorted(names[each] for each in ids if each in names) for ids in (needs, further, needed_by, before))
    )


def among(session: Session, names: Collection[str]) -> Needs:
    """What these services need of each other. One query."""
    of, on = aliased(Service), aliased(Service)
    rows = (
        select(of.name, on.name)
        .select_from(service_dependency)
        .join(of, LINK.service_id == of.id)
        .join(on, LINK.depends_on_id == on.id)
        .where(of.name.in_(names), on.name.in_(names))
    )
    needs: Needs = {name: [] for name in names}
    for one, other in session.execute(rows):
        needs[one].append(other)
    return needs


def circle_through(session: Session, service_id: int) -> list[str]:
    """The shortest circle that a service is part of, as names with the service at both ends; empty if there is none.

    One query where there is none: everything that the service reaches, and whether it reaches itself.
    """
    step = select(LINK.depends_on_id.label("id")).join(Service, LINK.depends_on_id == Service.id)
    reached = step.where(LINK.service_id == service_id, ~Service.is_retired).cte("reached", recursive=True)
    reached = reached.union(step.join(reached, LINK.service_id == reached.c.id).where(~Service.is_retired))
    if session.scalar(select(reached.c.id).where(reached.c.id == service_id).limit(1)) is None:
        return []
    needs: dict[int, list[int]] = {}
    links = select(LINK.service_id, LINK.depends_on_id).join(reached, LINK.service_id == reached.c.id)
    for of, on in session.execute(links):
        needs.setdefault(of, []).append(on)
    way = graph.circle(needs, service_id)
    names = _names(session, way)
    return [names[each] for each in way]


def search(session: Session, words: str) -> list[str]:
    """Names of services in which all words occur, by name."""
    rows = select(Service.name).where(~Service.is_retired).order_by(Service.name).limit(FOUND_MAX)
    for word in words.split()[:8]:
        rows = rows.where(
            Service.name.icontains(word, autoescape=True) | Service.title.icontains(word, autoescape=True)
        )
    return list(session.scalars(rows))


def find(session: Session, name: str) -> int | None:
    """The id of a service that is in use."""
    return session.scalar(select(Service.id).where(Service.name == name, ~Service.is_retired))


def _step(session: Session, ids: Collection[int], start: Any, end: Any) -> set[int]:
    rows = select(end).join(Service, Service.id == end).where(start.in_(list(ids)), ~Service.is_retired)
    return set(session.scalars(rows)) if ids else set()


def _names(session: Session, ids: Collection[int]) -> dict[int, str]:
    rows = select(Service.id, Service.name).where(Service.id.in_(list(ids)))
    return {row[0]: row[1] for row in session.execute(rows)}
