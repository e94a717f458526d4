"""Sections about incidents: loops closed and opened, recurrences, and where incidents wait."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.lifecycle import BY_KEY
from app.domain.recurrence import TITLES
from app.domain.report import Figures
from app.domain.report_sections import LoopLine
from app.faces import cells, words
from app.faces.place import Place
from app.faces.section import Cell, Column, Figure, Section
from app.words import plural

_CLOSED, _OPENED = "No loop was closed.", "No incident was declared."


def loops(of: Figures, at: Place) -> Section:
    """What was closed, with the figures of both ways."""
    told = of.loops
    lead = f"{plural(told.closed_count, 'loop')} closed, {told.opened_count:,} opened; {told.open_count:,} open in all."
    return Section(
        "loops", "Loops closed and opened", lead, at.board(),
        [
            Figure("loops.closed", "Closed", cells.count(told.closed_count, tone=int(told.closed_count > 0)), "loops"),
            Figure("loops.opened", "Opened", cells.count(told.opened_count), "loops"),
            Figure("loops.reopened", "Opened again", cells.count(told.reopened_count), "loops"),
            Figure("loops.open", "Open in all", cells.count(told.open_count, at.board()), "loops"),
            Figure(
                "loops.closed_ever", "Closed of those of 26 weeks",
                Cell(told.closed_ever, f"{told.closed_ever:,} of {told.declared_ever:,}"), "loops",
            ),
        ],
        _columns("Closed"), [_loop(each, of.zone) for each in told.closed], told.closed_count, _CLOSED,
    )  # fmt: skip


def opened(of: Figures, at: Place) -> Section:
    """The incidents that were declared."""
    told = of.loops
    return Section(
        "opened", "Loops opened", f"{plural(told.opened_count, 'incident')} declared.", at.board(), (),
        _columns("Declared"), [_loop(each, of.zone) for each in told.opened], told.opened_count, _OPENED, 3,
    )  # fmt: skip


def _columns(at: str) -> Sequence[Column]:
    return [cells.INCIDENT, cells.TITLE, cells.SEVERITY, Column("at", at)]


def _loop(of: LoopLine, zone: str) -> Sequence[Cell]:
    return [cells.incident(of.incident), cells.text(of.title), cells.severity(of.severity), cells.moment(of.at, zone)]


def recurrences(of: Figures, at: Place) -> Section:
    """What had happened before, preventable ones first."""
    told = of.recurrences
    total = told.preventable + told.adopted_yet
    cost = words.minutes_of(told.minutes, told.minutes_unknown, told.preventable)
    none = "No incident of a known pattern."
    lead = (
        f"{told.preventable:,} preventable ({cost}); {told.adopted_yet:,} happened although the practice was adopted."
        if told.preventable
        else f"None was preventable; {told.adopted_yet:,} happened although the practice was adopted."
    )
    rows = [
        [
            cells.incident(each.incident),
            cells.text(each.title),
            cells.severity(each.severity),
            Cell(each.verdict, TITLES.get(each.verdict, each.verdict), tone=-1 if each.is_preventable else 0),
            cells.services(each.services),
            cells.practices(each.practices),
            cells.count(each.minutes),
        ]
        for each in told.lines
    ]
    is_unknown = bool(told.preventable) and told.minutes_unknown >= told.preventable
    return Section(
        "recurrences", "Recurrences", lead if total else none, at.board(),
        [
            Figure(
                "recurrences.preventable", "Preventable",
                cells.count(told.preventable, tone=-1 if told.preventable else 0), "incidents",
            ),
            Figure(
                "recurrences.minutes", "Preventable customer minutes",
                Cell(None if is_unknown else told.minutes, cost), "customer minutes",
            ),
            Figure(
                "recurrences.minutes_unknown", "Of them without known minutes", cells.count(told.minutes_unknown),
                "incidents",
            ),
            Figure("recurrences.adopted_yet", "Adopted, yet it happened", cells.count(told.adopted_yet), "incidents"),
        ],
        [
            cells.INCIDENT, cells.TITLE, cells.SEVERITY, Column("verdict", "Verdict"), Column("services", "Services"),
            Column("practices", "Practices"),
            Column("minutes", "Customer minutes", "customer minutes", is_number=True),
        ],
        rows, total, none,
    )  # fmt: skip


def stages(of: Figures, at: Place) -> Section:
    """The funnel of eight."""
    lines = of.stages.lines
    rows = [
        [
            Cell(each.key, each.title, at.board(each.key)), cells.count(each.reached), cells.count(each.waiting),
            cells.count(each.blocked), *(_hours(each.waiting, value) for value in
                                         (each.median_hours, each.p90_hours, each.longest_hours)),
        ]
        for each in lines
    ]  # fmt: skip
    waiting = sum(each.waiting for each in lines)
    lead = "No incident waits anywhere."
    if waiting:
        most = max(lines, key=lambda each: each.waiting)
        lead = f"{plural(waiting, 'incident')} on the way; most of them at {most.title} ({most.waiting:,})."
    return Section(
        "stages", "Where incidents wait", lead, at.board(), (),
        [
            Column("stage", "Stage"), Column("reached", "Came to it", "incidents", is_number=True),
            Column("waiting", "Waiting", "incidents", is_number=True),
            Column("blocked", "Blocked", "incidents", is_number=True),
            Column("median", "Median wait", "hours", is_number=True),
            Column("p90", "Nine in ten", "hours", is_number=True),
            Column("longest", "Longest", "hours", is_number=True),
        ],
        rows, len(rows), "There is no incident yet.", is_whole=True,
    )  # fmt: skip


def _hours(waiting: int, value: float | None) -> Cell:
    """Nobody waits: there is nothing to be known."""
    return Cell(value, words.hours(value)) if waiting else Cell(None, "")


def waits(of: Figures, at: Place) -> Section:
    """Those that have waited longest."""
    rows = [
        [
            cells.incident(each.incident), cells.text(each.title), cells.severity(each.severity),
            Cell(each.stage, BY_KEY[each.stage].title if each.stage in BY_KEY else each.stage),
            Cell(each.hours, words.hours(each.hours) + (", blocked" if each.is_blocked else ""),
                 tone=-1 if each.is_blocked else 0),
            cells.text(each.waits_for),
        ]
        for each in of.stages.longest
    ]  # fmt: skip
    lead = f"The {len(rows)} that have waited longest." if len(rows) > 1 else "The one that has waited longest."
    return Section(
        "waits", "Longest waits", lead if rows else "No incident waits.", at.board(), (),
        [
            cells.INCIDENT, cells.TITLE, cells.SEVERITY, Column("stage", "Stage"),
            Column("hours", "Waits", "hours", is_number=True), Column("waits_for", "For"),
        ],
        rows, len(rows), "No incident waits.", 3,
    )  # fmt: skip
