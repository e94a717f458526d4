"""What a correction has changed, in sentences: every figure that differs, and no incident by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from app.domain.report import Figures
from app.domain.report_sections import Count, PracticeLine, TeamLine

NAMED = 12  # practices, and teams, that are named one by one
# The figures of each section of Figures, as people call them.
_FIGURES: Sequence[tuple[str, str, Callable[[Figures], object]]] = (
    ("adoption", "Adoption", lambda told: _share(told.adoption.now)),
    ("adoption", "Adoption a week before", lambda told: _share(told.adoption.before)),
    ("adoption", "Practices that are measured", lambda told: told.adoption.practices),
    ("adoption", "Needed for all targets together", lambda told: told.adoption.needed),
    ("loops", "Loops opened", lambda told: told.loops.opened_count),
    ("loops", "Loops closed", lambda told: told.loops.closed_count),
    ("loops", "Loops reopened", lambda told: told.loops.reopened_count),
    ("loops", "Loops open at the end of the week", lambda told: told.loops.open_count),
    ("loops", "Loops closed so far", lambda told: f"{told.loops.closed_ever} of {told.loops.declared_ever}"),
    ("recurrences", "Recurrences", lambda told: len(told.recurrences.lines)),
    ("recurrences", "Preventable incidents", lambda told: told.recurrences.preventable),
    ("recurrences", "Preventable customer minutes", lambda told: f"{told.recurrences.minutes:,}"),
    ("recurrences", "Recurrences whose minutes nobody knows", lambda told: told.recurrences.minutes_unknown),
    ("slips", "Slips", lambda told: told.slips.lost_count),
    ("slips", "Slips that recovered", lambda told: told.slips.recovered_count),
    ("campaigns", "Campaigns at risk", lambda told: len(told.campaigns.at_risk)),
    ("campaigns", "Running campaigns", lambda told: told.campaigns.running),
    ("items", "Action items overdue", lambda told: told.items.overdue),
    ("items", "Open action items", lambda told: told.items.open),
    ("exemptions", "Exemptions expiring", lambda told: told.exemptions.expiring),
    ("exemptions", "Running exemptions", lambda told: told.exemptions.running),
    ("needs", "Decisions that need someone", lambda told: len(told.needs)),
)
_SECTIONS = {
    "title": "Its title", "teams": "The teams that it is about", "adoption": "Adoption of earlier weeks",
    "loops": "Loops", "recurrences": "Recurrences", "slips": "Slips", "practices": "Practices", "team_lines": "Teams",
    "campaigns": "Campaigns at risk", "items": "Action items overdue", "exemptions": "Exemptions expiring",
    "stages": "Where incidents wait", "heat": "Teams and practices", "needs": "Needs someone",
}  # fmt: skip


def between(was: Figures, now: Figures) -> list[str]:
    """Sentences such as "Recurrences: 1 → 2", in the order of the report; none if nothing differs."""
    told: dict[str, list[str]] = {}
    for section, label, figure in _FIGURES:
        before, after = figure(was), figure(now)
        if before != after:
            told.setdefault(section, []).append(f"{label}: {before} → {after}")
    told["practices"] = list(_practices(was, now))
    told["team_lines"] = list(_teams(was, now))
    told["stages"] = list(_stages(was, now))
    differ = {each.name for each in fields(Figures) if getattr(was, each.name) != getattr(now, each.name)}
    if differ & {"practices", "team_lines"}:
        differ.discard("heat")  # it is made of the same counts
    found: list[str] = []
    for section, label in _SECTIONS.items():
        if section in differ:
            found += told.get(section) or [f"{label}: other lines or other words than before"]
    return found


def _practices(was: Figures, now: Figures) -> Iterator[str]:
    targets = {each.number: each.target_percent for each in was.practices}
    others = {
        each.number for each in now.practices if targets.get(each.number, each.target_percent) != each.target_percent
    }

    def line(of: PracticeLine) -> str:
        return _share(of.now) + (f", target {of.target_percent} %" if of.number in others else "")

    yield from _lines({each.name: line(each) for each in was.practices},
                      {each.name: line(each) for each in now.practices}, "practices")  # fmt: skip


def _teams(was: Figures, now: Figures) -> Iterator[str]:
    def line(of: TeamLine) -> str:
        return _share(of.now)

    yield from _lines({f"Team {each.title}": line(each) for each in was.team_lines},
                      {f"Team {each.title}": line(each) for each in now.team_lines}, "teams")  # fmt: skip


def _stages(was: Figures, now: Figures) -> Iterator[str]:
    before = {each.key: each for each in was.stages.lines}
    for each in now.stages.lines:
        old = before.get(each.key)
        if old is None or (old.reached, old.waiting, old.blocked) != (each.reached, each.waiting, each.blocked):
            yield f"{each.title}: {_stage(old)} → {_stage(each)}"


def _stage(of: Any) -> str:
    return f"{of.reached} reached, {of.waiting} waiting, {of.blocked} blocked" if of else "not in it"


def _lines(was: dict[str, str], now: dict[str, str], many: str) -> Iterator[str]:
    names = [name for name in {**now, **was} if was.get(name) != now.get(name)]
    for name in names[:NAMED]:
        yield f"{name}: {was.get(name, 'not in it')} → {now.get(name, 'not in it')}"
    if len(names) > NAMED:
        yield f"and {len(names) - NAMED} more {many}"


def _share(of: Count | None) -> str:
    """As the report says it: a percentage only of so many that it means something."""
    if of is None:
        return "not measured"
    if not of.applicable:
        return "nothing applies"
    counted = f"{of.adopted:,} of {of.applicable:,}"
    return counted if of.tenths is None else f"{of.tenths // 10}.{of.tenths % 10} % ({counted})"
