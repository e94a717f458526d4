"""The figures that a report is known by: what two weeks are compared by, and what a correction says it has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.report import Figures
from app.domain.report_sections import Count


@dataclass(frozen=True)
class KeyFigure:
    """One of them. `value` is a number or a count of cells; None: it cannot be known. `is_good`: more of it is better;
    None: neither more nor less is."""

    key: str
    title: str
    value: int | Count | None
    unit: str = ""
    is_good: bool | None = None


def key_figures(of: Figures) -> Sequence[KeyFigure]:
    """In the order of the report; always the same ones."""
    return [
        KeyFigure("adoption", "Adoption", of.adoption.now, is_good=True),
        KeyFigure("practices", "Practices that are measured", of.adoption.practices),
        KeyFigure("opened", "Loops opened", of.loops.opened_count),
        KeyFigure("closed", "Loops closed", of.loops.closed_count, is_good=True),
        KeyFigure("open", "Loops that are open", of.loops.open_count, is_good=False),
        KeyFigure("preventable", "Preventable recurrences", of.recurrences.preventable, is_good=False),
        KeyFigure("minutes", "Preventable customer minutes", _minutes(of), "customer minutes", is_good=False),
        KeyFigure("adopted_yet", "Adopted, yet it happened", of.recurrences.adopted_yet, is_good=False),
        KeyFigure("lost", "Slips", of.slips.lost_count, is_good=False),
        KeyFigure("recovered", "Slips that recovered", of.slips.recovered_count, is_good=True),
        KeyFigure("at_risk", "Campaigns at risk", len(of.campaigns.at_risk), is_good=False),
        KeyFigure("overdue", "Action items overdue", of.items.overdue, is_good=False),
        KeyFigure("expiring", "Exemptions that end soon", of.exemptions.expiring),
    ]


def practice_counts(of: Figures) -> dict[str, Count]:
    """By name of a practice, where its services stand."""
    return {each.name: each.now for each in of.practices}


def changes(old: Figures, new: Figures) -> list[str]:
    """A sentence for each figure that differs; empty: nothing does that anybody would read."""
    told = [
        f"{now.title}: {_words(was.value)} → {_words(now.value)}."
        for was, now in zip(key_figures(old), key_figures(new), strict=True)
        if was.value != now.value
    ]
    before, after = practice_counts(old), practice_counts(new)
    for name in sorted(before.keys() | after.keys(), key=lambda each: int(each.removeprefix("BP-"))):
        if before.get(name) != after.get(name):
            told.append(f"{name}: {_words(before.get(name))} → {_words(after.get(name))}.")
    if not told and old.needs != new.needs:
        told.append("What needs someone is told anew.")
    if not told and old != new:
        told.append("Lines were added, or say something else.")
    return told


def _minutes(of: Figures) -> int | None:
    """None: nobody knows the minutes of any preventable incident."""
    known = of.recurrences.preventable - of.recurrences.minutes_unknown
    return of.recurrences.minutes if known or not of.recurrences.preventable else None


def _words(value: int | Count | None) -> str:
    if value is None:
        return "unknown"
    return f"{value.adopted:,} of {value.applicable:,}" if isinstance(value, Count) else f"{value:,}"
