"""Sections about adoption: the headline and its weeks, practices by distance to target and who moves them."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.report import MOVED, Figures
from app.domain.report_sections import Mover, PracticeLine
from app.faces import cells, words
from app.faces.place import Place
from app.faces.section import Cell, Column, Figure, Section
from app.words import plural

STANDINGS = {"adopted": "adopted", "not_adopted": "not adopted", "unknown": "unknown", "exempt": "exempt"}
CHANGE = Column("change", "Since last week", "points", is_number=True)
LEVELS = {"must": "must", "should": "should"}


def headline(of: Figures, at: Place) -> Section:
    """Adoption now and since last week."""
    told = of.adoption
    now, before = told.now, told.before
    figures = [
        Figure("adoption.now", "Adopted", cells.share(now, at.adoption)),
        Figure("adoption.change", "Since last week", cells.changed(now, before), "points"),
        Figure("adoption.before", "A week before", cells.share(before)),
        Figure("adoption.unknown", "Unknown", cells.count(now.unknown if now else None, at.adoption), "cells"),
        Figure("adoption.exempt", "Exempt", cells.count(now.exempt if now else None, at.exemptions), "cells"),
        Figure("adoption.practices", "Practices measured", cells.count(told.practices, "/practices"), "practices"),
        Figure("adoption.needed", "Needed for all targets", cells.count(told.needed if now else None), "cells"),
    ]
    if told.said_before is not None:
        said = cells.share(told.said_before)
        figures.append(Figure("adoption.said_before", "Said last week", said))
    return Section("adoption", "Adoption", _headline(of), at.adoption, figures)


def _headline(of: Figures) -> str:
    now, before = of.adoption.now, of.adoption.before
    if now is None:
        return "Unknown: no practice is measured yet."
    if not now.applicable:
        return f"Nothing to count: {words.share(now)}."
    left = sum(each.missing for each in of.practices)
    target = f"{plural(left, 'more adoption')} would bring" if left else "That brings"
    return f"{words.share(now)}, {words.change(now, before)}. {target} every practice to its target."


def series(of: Figures, at: Place) -> Section:
    """The last weeks, the newest first."""
    rows = [[Cell(each.week, each.week), cells.share(each.count)] for each in reversed(of.adoption.series)]
    known = sum(each.count is not None for each in of.adoption.series)
    return Section(
        "series", "Adoption week by week", f"{plural(known, 'week')} of {len(rows)} measured.", at.adoption, (),
        [Column("week", "Week"), Column("share", "Adopted", is_number=True)], rows, len(rows),
        "No week is measured yet.", 3, True,
    )  # fmt: skip


def practices(of: Figures, at: Place) -> Section:
    """By distance to their targets, each with the services that move it most."""
    below, left = sum(bool(each.missing) for each in of.practices), sum(each.missing for each in of.practices)
    rows = [_practice(each, at) for each in of.practices]
    if not rows:
        lead = "No practice is measured yet."
    elif not below:
        lead = f"All {len(rows):,} practices are at their targets." if len(rows) > 1 else "It is at its target."
    else:
        some = plural(len(rows), "practice")
        lead = f"{below:,} of {some} {'is' if below == 1 else 'are'} below target by {plural(left, 'adoption')}."
    return Section(
        "practices", "Practices by distance to target", lead, "/practices",
        [
            Figure("practices.below", "Below target", cells.count(below, "/practices", cells.bad(below)), "practices"),
            Figure("practices.missing", "Adoptions missing", cells.count(left), "adoptions"),
        ],
        [
            cells.PRACTICE, cells.STATEMENT, Column("level", "Level"), Column("adopted", "Adopted", is_number=True),
            Column("target", "Target", "percent", is_number=True),
            Column("missing", "Missing", "services", is_number=True),
            Column("unknown", "Unknown", "services", is_number=True), CHANGE,
            Column("movers", "Moved most by"),
        ],
        rows, len(rows), "No practice is measured yet.",
    )  # fmt: skip


def _practice(of: PracticeLine, at: Place) -> Sequence[Cell]:
    missing = Cell(of.missing, f"{of.missing:,} to go" if of.missing else "at target", tone=-1 if of.missing else 1)
    return [
        cells.practice(of.number), cells.text(of.statement), Cell(of.level, LEVELS.get(of.level, of.level)),
        cells.share(of.now, at.practice(of.number)),
        Cell(of.target_percent, f"{of.target_percent} %"), missing if of.now.applicable else Cell(0, ""),
        cells.count(of.now.unknown), cells.changed(of.now, of.before),
        cells.services([each.service for each in of.movers]),
    ]  # fmt: skip


def movers(of: Figures, at: Place) -> Section:
    """The services that move the furthest practices most."""
    rows = [[cells.practice(line.number), *_mover(each)] for line in of.practices for each in line.movers]
    some = sum(bool(each.movers) for each in of.practices)
    none = "No service stands between a practice and its target."
    lead = f"Of {plural(some, 'practice')}, at most {MOVED}." if rows else none
    return Section(
        "movers", "Services that move them most", lead, at.adoption, (),
        [
            cells.PRACTICE, cells.SERVICE, Column("tier", "Tier", is_number=True), cells.TEAM,
            Column("standing", "Standing"), Column("incidents", "Incidents", "incidents", is_number=True),
            Column("minutes", "Customer minutes", "customer minutes", is_number=True),
            Column("minutes_unknown", "Unknown minutes", "incidents", is_number=True),
        ],
        rows, len(rows), none, 3, True,
    )  # fmt: skip


def _mover(of: Mover) -> Sequence[Cell]:
    is_unknown = bool(of.incidents) and of.minutes_unknown >= of.incidents
    return [
        cells.service(of.service), Cell(of.tier, f"tier {of.tier}"), cells.team(of.team),
        Cell(of.standing, STANDINGS.get(of.standing, of.standing)), cells.count(of.incidents),
        cells.count(None if is_unknown else of.minutes), cells.count(of.minutes_unknown),
    ]  # fmt: skip
