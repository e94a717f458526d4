"""The sections of a weekly report in their order: what the text faces, the page and the mail are all made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.report import Figures
from app.faces import sections_adoption as adoption
from app.faces import sections_incidents as incidents
from app.faces import sections_upkeep as upkeep
from app.faces.section import Cell, Column, Figure, Section

__all__ = ["Cell", "Column", "Figure", "Section", "sections"]
_MAKE: Sequence[Callable[[Figures], Section]] = (
    upkeep.needs,
    adoption.headline, adoption.series,
    incidents.loops, incidents.opened,
    incidents.recurrences,
    adoption.slips,
    adoption.practices, adoption.movers,
    upkeep.campaigns,
    upkeep.items,
    upkeep.exemptions,
    incidents.stages, incidents.waits,
    adoption.teams, adoption.heat,
)  # fmt: skip


def sections(figures: Figures) -> list[Section]:
    """All of them, always the same ones: an empty one says that there is nothing. Before them stands `brief.in_short`."""
    return [make(figures) for make in _MAKE]
