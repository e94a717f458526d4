"""Practices: the rules learned, their checks, and how far their adoption is."""

from __future__ import annotations

from typing import Any

from app import links
from app.api import asking, bodies, paging, shapes
from app.api.v1 import operation
from app.domain.adoption import Progress
from app.models.best_practice import Practice
from app.queries import checks, lists, practice


@operation("GET", "/practices", query=bodies.OfPractices, gives=shapes.Practices)
def index(query: bodies.OfPractices) -> shapes.Practices:
    """List practices, newest first."""
    after = paging.after(query.cursor, int)
    found = lists.practices(
        asking.reading(), after[0] if after else None, query.limit + 1, state=query.state, area=query.area,
        words=query.q,
    )  # fmt: skip
    items = [shapes.Practice(**_about(each.practice, each.progress)) for each in found[: query.limit]]
    has_more = len(found) > query.limit
    return shapes.Practices(items=items, next=paging.next_url(paging.cursor(items[-1].number)) if has_more else None)


@operation("GET", "/practices/<int:number>", gives=shapes.PracticeWhole)
def show(number: int) -> shapes.PracticeWhole:
    """Read a practice with its checks and the figures of its adoption."""
    row = practice.find(asking.reading(), asking.by(), number)
    of = row.practice
    found = checks.of_practices(asking.reading(), [of.id])[of.id]
    return shapes.PracticeWhole(
        **_about(of, row.progress), why=of.why, selector=of.selector, combine=of.combine,
        checks=[
            shapes.Check(
                id=each.id, kind=each.kind, expression=each.expression, state=each.state,
                freshness_days=each.freshness_days,
            )
            for each in found
        ],
    )  # fmt: skip


def short(of: Practice) -> dict[str, Any]:
    """What a list of an incident says of a practice."""
    return {
        "ref": of.name, "number": of.number, "statement": of.statement, "state": of.state,
        "url": paging.url(links.practice(of.number)),
    }  # fmt: skip


def _about(of: Practice, progress: Progress | None) -> dict[str, Any]:
    adoption = shapes.Adoption(
        adopted=progress.adopted if progress else None, applicable=progress.applicable if progress else None,
        percent=progress.percent if progress else None, target_percent=of.target_percent, target_on=of.target_on,
    )  # fmt: skip
    return {**short(of), "area": of.area, "level": of.level, "adoption": adoption}
