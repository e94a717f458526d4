"""The sections of a weekly report in their order: what the text faces, the page and the mail are all made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.report import Figures
from app.faces import sections_adoption as adoption
from app.faces import sections_incidents as incidents
from app.faces import sections_teams as teams
from app.faces import sections_upkeep as upkeep
from app.faces.place import Place
from app.faces.section import Cell, Column, Figure, Section

__all__ = ["Cell", "Column", "Figure", "Section", "sections"]
_MAKE: Sequence[Callable[[Figures, Place], Section]] = (
    upkeep.needs,
    adoption.headline, adoption.series,
    incidents.loops, incidents.opened,
    incidents.recurrences,
    upkeep.slips,
    adoption.practices, adoption.movers,
    upkeep.campaigns,
    upkeep.items,
    upkeep.exemptions,
    incidents.stages, incidents.waits,
    teams.teams, teams.heat,
)  # fmt: skip


def sections(figures: Figures, path: str = "") -> list[Section]:
    """All of them, always the same ones: an empty one says so. Before them stands `brief.in_short`. `path` is that of
    the report's page (`Meta.path`): figures then link to the rows of the same week and team."""
    at = Place.of(figures, path)
    return [make(figures, at) for make in _MAKE]
