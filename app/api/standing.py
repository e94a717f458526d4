"""Where services stand on practices, now and in the past."""

from __future__ import annotations

from app.api import asking, bodies, paging, shapes
from app.api.v1 import operation
from app.domain.errors import Refused
from app.queries import practice, standing_list
from app.queries.standing_list import Filters


@operation("GET", "/standings", query=bodies.OfAllStandings, gives=shapes.Standings)
def index(query: bodies.OfAllStandings) -> shapes.Standings:
    """List where services stand on practices, by practice and service."""
    return _part(query, query.practice)


@operation("GET", "/practices/<int:number>/standings", query=bodies.OfStandings, gives=shapes.Standings)
def of_practice(number: int, query: bodies.OfStandings) -> shapes.Standings:
    """List where services stand on one practice, by service."""
    practice.find(asking.reading(), asking.by(), number)
    return _part(query, number)


def _part(query: bodies.OfStandings, number: int | None) -> shapes.Standings:
    if query.at is not None and query.at > asking.now():
        raise Refused.because("at.future", "Ask for a time that has passed: nobody knows the future.", "at")
    filters = Filters(practice=number, service=query.service, team=query.team, standing=query.standing, at=query.at)
    after = paging.after(query.cursor, int, str)
    found = standing_list.standings(asking.reading(), filters, (after[0], after[1]) if after else None, query.limit)
    items = [
        shapes.Standing(
            practice=f"BP-{each.practice}", service=each.service, team=each.team, standing=each.standing,
            since=each.since, message=each.message,
        )
        for each in found.lines
    ]  # fmt: skip
    return shapes.Standings(items=items, next=paging.next_url(paging.cursor(*found.last)) if found.last else None)
