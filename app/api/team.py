"""Teams that own services."""

from __future__ import annotations

from app.api import asking, bodies, paging, shapes
from app.api.v1 import operation
from app.queries import lists


@operation("GET", "/teams", query=bodies.Part, gives=shapes.Teams)
def index(query: bodies.Part) -> shapes.Teams:
    """List the teams, by name."""
    after = paging.after(query.cursor, str)
    found = lists.teams(asking.reading(), after[0] if after else "", query.limit + 1)
    items = [
        shapes.Team(
            name=each.team.name, title=each.team.title, slack_channel=each.team.slack_channel, services=each.services
        )
        for each in found[: query.limit]
    ]
    has_more = len(found) > query.limit
    return shapes.Teams(items=items, next=paging.next_url(paging.cursor(items[-1].name)) if has_more else None)
