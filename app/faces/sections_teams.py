"""Sections about teams: each beside its own past, and the map of teams and practices."""

from __future__ import annotations

from app.domain.report import Figures
from app.domain.report_sections import Count
from app.faces import cells, words
from app.faces.place import Place
from app.faces.section import Cell, Column, Section
from app.words import plural


def teams(of: Figures, at: Place) -> Section:
    """Each beside its own past, in order of their names."""
    rows = [
        [
            cells.team_page(each.name, each.title),
            cells.share(each.now),
            cells.changed(each.now, each.before),
            cells.changed(each.now, each.quarter),
        ]
        for each in of.team_lines
    ]
    lead = f"{plural(len(rows), 'team')}, each beside its own past." if rows else "No team owns a measured service yet."
    return Section(
        "teams", "Teams beside their own past", lead, "/teams", (),
        [
            cells.TEAM, Column("adopted", "Adopted", is_number=True),
            Column("change", "Since last week", "points", is_number=True),
            Column("quarter", "In 13 weeks", "points", is_number=True),
        ],
        rows, len(rows), "No team owns a measured service yet.",
    )  # fmt: skip


def heat(of: Figures, at: Place) -> Section:
    """Team × practice, as many services as adopted it."""
    told = of.heat
    found = {(each.team, each.practice): each.count for each in told.cells}
    rows = []
    for name, title in told.teams:
        row = [_heat(found.get((name, each)), at.of_team(name), each) for each in told.practices]
        rows.append([cells.team_page(name, title), *row])
    is_cut = told.teams_total > len(told.teams) or told.practices_total > len(told.practices)
    of_all = f" of {plural(told.teams_total, 'team')} and {plural(told.practices_total, 'practice')}"
    lead = f"{plural(len(told.teams), 'team')} and {plural(len(told.practices), 'practice')}"
    lead += f", those with most to do{of_all}." if is_cut else "."
    return Section(
        "heat", "Teams and practices", lead if rows else "There is nothing to compare yet.", at.adoption, (),
        [cells.TEAM, *(Column(f"BP-{each}", f"BP-{each}", is_number=True) for each in told.practices)], rows,
        told.teams_total, "There is nothing to compare yet.", 3, True,
    )  # fmt: skip


def _heat(count: Count | None, at: Place, practice: int) -> Cell:
    return Cell(count, words.percent(count), at.practice(practice)) if count else Cell(None, "")
