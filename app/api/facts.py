"""Facts that services report about themselves: of many services at once, or of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response

from app.api import asking, batch, bodies, keepable, shapes
from app.api.v1 import operation, shown
from app.domain.errors import NotFound
from app.workflow import adoption


@operation("POST", "/facts", told=bodies.FactsOfMany, gives=shapes.Taken)
def report(told: bodies.FactsOfMany) -> Response:
    """Report facts of one or many services; each service is evaluated at once, and by itself."""
    found = batch.take(told.services.items(), lambda name, facts: _report(name, facts, source=told.source, at=told.at))
    if not found.accepted:
        return found.problem()
    return shown(shapes.Taken(accepted=found.accepted, refused=found.refused))


@operation("PUT", "/services/<name>/facts", told=bodies.FactsOfOne, gives=shapes.FactsTaken)
def report_one(name: str, told: bodies.FactsOfOne) -> shapes.FactsTaken:
    """Report facts of one service; it is evaluated at once. Facts of other keys stay as they are."""
    _report(name, told.facts, source=told.source, at=told.at)
    return shapes.FactsTaken(service=name, keys=sorted(told.facts))


def _report(name: str, facts: Any, *, source: str, at: datetime | None) -> str:
    if not name.isprintable():
        raise NotFound("There is no service of this name.")
    kept = keepable.require(facts, bodies.KEYS_MAX)
    with asking.begin() as work:
        adoption.report_facts(work, name, kept, source=source, by=asking.by(), now=asking.now(), at=at)
    return name
