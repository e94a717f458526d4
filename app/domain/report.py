"""The weekly adoption report as figures: what one week looked like to one audience. Plain values that are kept as they
are; every face (page, Slack, Markdown, CSV, JSON, e-mail, paper) makes its words from these and from nothing else.

A figure that cannot be known is None, never zero. Times are UTC; `minutes` are customer minutes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.report_sections import (
    Adoption,
    Campaigns,
    Exemptions,
    Heat,
    Items,
    Loops,
    Need,
    PracticeLine,
    Recurrences,
    Slips,
    Stages,
    TeamLine,
)

VERSION = 1  # of the shape below, kept with every report
WEEKS = 26  # that the chart of adoption goes back, and from which the funnel counts incidents
NEEDS_MAX = 5
ROWS_MAX = 200  # rows behind a figure that are kept; how many there are is kept beside them
MOVED = 12  # practices, the furthest from their targets, of which the services are named that move them most
EXPIRING_DAYS = 14
HEAT = 20  # teams, and practices, of the heat map
EVERYONE = "all"
HIDDEN = "an incident that is private now"


@dataclass(frozen=True)
class Figures:
    """Everything. `audience` is "all", "team:3" or "person:5", `title` how it is called, `teams` the titles of the
    teams that it is about (None: everyone). The week went from `since` until just before `as_of`, in `zone`."""

    week: str
    audience: str
    title: str
    teams: Sequence[str] | None
    zone: str
    since: datetime
    as_of: datetime
    adoption: Adoption
    loops: Loops
    recurrences: Recurrences
    slips: Slips
    practices: Sequence[PracticeLine]
    team_lines: Sequence[TeamLine]
    heat: Heat
    campaigns: Campaigns
    items: Items
    exemptions: Exemptions
    stages: Stages
    needs: Sequence[Need]

    @property
    def incidents(self) -> frozenset[int]:
        """The numbers of all incidents that are named anywhere in it."""
        return frozenset(_incidents(self))

    def without(self, hidden: Collection[int]) -> Figures:
        """The same figures, naming no incident that the reader may not know of (any more)."""
        if not hidden:
            return self
        told: Figures = _without(self, frozenset(hidden))
        return replace(told, needs=[each for each in self.needs if each.incident not in hidden])


def _incidents(value: Any) -> Iterator[int]:
    if is_dataclass(value):
        number = getattr(value, "incident", None)
        if number is not None:
            yield number
        for each in fields(value):
            yield from _incidents(getattr(value, each.name))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _incidents(each)


def _without(value: Any, hidden: frozenset[int]) -> Any:
    if isinstance(value, (list, tuple)):
        told = [_without(each, hidden) for each in value]
        return tuple(told) if isinstance(value, tuple) else told
    if not is_dataclass(value) or isinstance(value, type):
        return value
    made = {each.name: _without(getattr(value, each.name), hidden) for each in fields(value)}
    if made.get("incident") in hidden:
        made |= {"incident": 0, "title": HIDDEN}
        made |= {name: () for name in ("services", "practices") if name in made}
        made |= {name: "" for name in ("waits_for",) if name in made}
        if "number" in made:  # of an action item: numbered at random as its incident is
            made["number"] = 0
    return type(value)(**made)
