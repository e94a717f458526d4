"""Sections about adoption: the headline and its weeks, slips, practices and who moves them, teams, the map of both."""

from __future__ import annotations

from collections.abc import Sequence

from app import links
from app.domain.report import MOVED, Figures
from app.domain.report_sections import Count, Mover, PracticeLine
from app.faces import cells, words
from app.faces.section import Cell, Column, Figure, Section
from app.words import plural

STANDINGS = {"adopted": "adopted", "not_adopted": "not adopted", "unknown": "unknown", "exempt": "exempt"}
LEVELS = {"must": "must", "should": "should"}


def headline(of: Figures) -> Section:
    """Adoption now and since last week."""
    told = of.adoption
    now, before = told.now, told.before
    figures = [
        Figure("adoption.now", "Adopted", cells.share(now, "/adoption")),
        Figure("adoption.change", "Since last week", cells.changed(now, before)),
        Figure("adoption.unknown", "Unknown", cells.count(now.unknown if now else None, "/adoption"), "cells"),
        Figure("adoption.exempt", "Exempt", cells.count(now.exempt if now else None, "/exemptions"), "cells"),
        Figure("adoption.practices", "Practices measured", cells.count(told.practices, "/practices"), "practices"),
        Figure("adoption.needed", "Needed for all targets", cells.count(told.needed if now else None), "cells"),
    ]
    if told.said_before is not None:
        said = cells.share(told.said_before)
        figures.append(Figure("adoption.said_before", "Said last week", said))
    return Section("adoption", "Adoption", _headline(of), "/adoption", figures)


def _headline(of: Figures) -> str:
    now, before = of.adoption.now, of.adoption.before
    if now is None:
        return "Unknown: no practice is measured yet."
    if not now.applicable:
        return f"Nothing to count: {words.share(now)}."
    left = of.adoption.needed - now.adopted
    change = words.change(now, before)
    target = f"{words.number(left)} more would bring every practice to its target" if left > 0 and _is_below(of) else ""
    target = target or ("" if _is_below(of) else "every practice is at its target")
    return f"{words.share_whole(now)}: {change}" + (f"; {target}." if target else ".")


def _is_below(of: Figures) -> bool:
    return any(each.missing for each in of.practices)


def series(of: Figures) -> Section:
    """The last weeks, the newest first."""
    rows = [
        [Cell(each.week, each.week, links.report(each.week)), cells.share(each.count)]
        for each in reversed(of.adoption.series)
    ]
    known = sum(each.count is not None for each in of.adoption.series)
    return Section(
        "series", "Adoption week by week", f"{plural(known, 'week')} of {len(rows)} measured.", "/adoption", (),
        [Column("week", "Week"), Column("share", "Adopted", is_number=True)], rows, len(rows),
        "No week is measured yet.", 3, True,
    )  # fmt: skip


def slips(of: Figures) -> Section:
    """What was adopted and was lost in the week, what is still lost first."""
    told = of.slips
    still = told.lost_count - told.recovered_count
    rows = [
        [
            cells.service(each.service), cells.team(each.team), cells.practice(each.practice),
            cells.text(each.statement), cells.text(" ".join(filter(None, (each.cause, each.message)))),
            cells.moment(each.at, of.zone), cells.moment(each.recovered_at, of.zone, "still lost"),
        ]
        for each in told.lines
    ]  # fmt: skip
    lead = f"{plural(told.lost_count, 'slip')}: {told.recovered_count:,} recovered, {still:,} still lost."
    return Section(
        "slips", "Slips", lead if told.lost_count else "No service lost what it had adopted.", "/adoption",
        [
            Figure("slips.lost", "Slips", cells.count(told.lost_count, tone=_bad(told.lost_count)), "slips"),
            Figure("slips.recovered", "Recovered", cells.count(told.recovered_count), "slips"),
            Figure("slips.open", "Still lost", cells.count(still, tone=_bad(still)), "slips"),
        ],
        [
            cells.SERVICE, cells.TEAM, cells.PRACTICE, cells.STATEMENT, Column("cause", "Why"), Column("at", "Lost"),
            Column("recovered_at", "Recovered"),
        ],
        rows, told.lost_count, "No service lost what it had adopted.",
    )  # fmt: skip


def practices(of: Figures) -> Section:
    """By distance to their targets, each with the services that move it most."""
    below = sum(bool(each.missing) for each in of.practices)
    rows = [_practice(each, of.week) for each in of.practices]
    if not rows:
        lead = "No practice is measured yet."
    elif not below:
        lead = f"All {len(rows):,} practices are at their targets." if len(rows) > 1 else "It is at its target."
    else:
        lead = f"{below:,} of {plural(len(rows), 'practice')} {'is' if below == 1 else 'are'} below target."
    return Section(
        "practices", "Practices by distance to target", lead, "/practices",
        [
            Figure("practices.below", "Below target", cells.count(below, "/practices", _bad(below)), "practices"),
            Figure(
                "practices.missing", "Adoptions missing", cells.count(sum(each.missing for each in of.practices)),
                "services",
            ),
        ],
        [
            cells.PRACTICE, cells.STATEMENT, Column("level", "Level"), Column("adopted", "Adopted", is_number=True),
            Column("target", "Target", "percent", is_number=True),
            Column("missing", "Missing", "services", is_number=True), Column("before", "Since last week"),
            Column("movers", "Moved most by"),
        ],
        rows, len(rows), "No practice is measured yet.",
    )  # fmt: skip


def _practice(of: PracticeLine, week: str) -> Sequence[Cell]:
    missing = Cell(of.missing, f"{of.missing:,} to go" if of.missing else "at target", tone=-1 if of.missing else 1)
    return [
        cells.practice(of.number), cells.text(of.statement), Cell(of.level, LEVELS.get(of.level, of.level)),
        Cell(of.now, words.share_whole(of.now), f"/reports/{week}/practices/{of.number}"),
        Cell(of.target_percent, f"{of.target_percent} %"), missing if of.now.applicable else Cell(0, ""),
        cells.changed(of.now, of.before), cells.services([each.service for each in of.movers]),
    ]  # fmt: skip


def movers(of: Figures) -> Section:
    """The services that move the furthest practices most."""
    rows = [[cells.practice(line.number), *_mover(each)] for line in of.practices for each in line.movers]
    some = sum(bool(each.movers) for each in of.practices)
    lead = (
        f"Of {plural(some, 'practice')}, at most {MOVED}."
        if rows
        else "No service stands between a practice and its target."
    )
    return Section(
        "movers", "Services that move them most", lead, "/adoption", (),
        [
            cells.PRACTICE, cells.SERVICE, Column("tier", "Tier", is_number=True), cells.TEAM,
            Column("standing", "Standing"), Column("incidents", "Incidents", "incidents", is_number=True),
            Column("minutes", "Customer minutes", "customer minutes", is_number=True),
            Column("minutes_unknown", "Unknown minutes", "incidents", is_number=True),
        ],
        rows, len(rows), "No service stands between a practice and its target.", 3, True,
    )  # fmt: skip


def _mover(of: Mover) -> Sequence[Cell]:
    is_unknown = bool(of.incidents) and of.minutes_unknown >= of.incidents
    return [
        cells.service(of.service), Cell(of.tier, f"tier {of.tier}"), cells.team(of.team),
        Cell(of.standing, STANDINGS.get(of.standing, of.standing)), cells.count(of.incidents),
        cells.minutes(None if is_unknown else of.minutes), cells.count(of.minutes_unknown),
    ]  # fmt: skip


def teams(of: Figures) -> Section:
    """Each beside its own past, in order of their names."""
    rows = [
        [
            cells.team_page(each.name, each.title),
            cells.share(each.now),
            cells.changed(each.now, each.before),
            cells.changed(each.now, each.quarter, words.IN_13_WEEKS),
        ]
        for each in of.team_lines
    ]
    lead = f"{plural(len(rows), 'team')}, each beside its own past." if rows else "No team owns a measured service yet."
    return Section(
        "teams", "Teams beside their own past", lead, "/teams", (),
        [
            cells.TEAM, Column("adopted", "Adopted", is_number=True), Column("before", "Since last week"),
            Column("quarter", "In 13 weeks"),
        ],
        rows, len(rows), "No team owns a measured service yet.",
    )  # fmt: skip


def heat(of: Figures) -> Section:
    """Team × practice, as many services as adopted it."""
    told = of.heat
    found = {(each.team, each.practice): each.count for each in told.cells}
    rows = [
        [cells.team_page(name, title), *(_heat(found.get((name, each)), each) for each in told.practices)]
        for name, title in told.teams
    ]  # fmt: skip
    more = (
        f", those with most to do of {plural(told.teams_total, 'team')} and {plural(told.practices_total, 'practice')}"
    )
    is_cut = told.teams_total > len(told.teams) or told.practices_total > len(told.practices)
    lead = f"{plural(len(told.teams), 'team')} and {plural(len(told.practices), 'practice')}{more if is_cut else ''}."
    return Section(
        "heat", "Teams and practices", lead if rows else "There is nothing to compare yet.", "/adoption", (),
        [cells.TEAM, *(Column(f"BP-{each}", f"BP-{each}", is_number=True) for each in told.practices)], rows,
        told.teams_total, "There is nothing to compare yet.", 3, True,
    )  # fmt: skip


def _heat(count: Count | None, practice: int) -> Cell:
    return Cell(count, words.percent(count), links.practice(practice)) if count else Cell(None, "")


def _bad(count: int) -> int:
    return -1 if count else 0
