"""Adoption at the end of the week: the headline with its last 26 weeks, each practice, each team, the map of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.adoption import COUNTED
from app.domain.report import HEAT, MOVED
from app.domain.report_sections import Adoption, Count, Heat, HeatCell, Mover, Point, PracticeLine, TeamLine
from app.models.person import Team
from app.queries.weekly.cells import Cells
from app.queries.weekly.practices import Said
from app.queries.weekly.scope import Scope

QUARTER_AGO, WEEK_AGO, NOW = 0, 1, 2  # the few marks
_LEVELS = {"must": 0, "should": 1}
assert COUNTED == ("adopted", "not_adopted", "unknown", "exempt")  # the order of Count's fields


def practice_lines(scope: Scope, cells: Cells, said: Mapping[int, Said]) -> list[PracticeLine]:
    """Those measured at the end of the week that apply to a service of the scope; the furthest from target first."""
    lines = []
    tallies = cells.by("practice", scope.team_ids)
    for key, practice in said.items():
        tally = tallies.get(key)
        if not practice.is_measured(scope.as_of) or (tally is None and scope.team_ids is not None):
            continue
        now = tally.at(NOW) if tally else Count()
        before = (tally.at(WEEK_AGO) if tally else Count()) if practice.is_measured(scope.since) else None
        if scope.team_ids is not None and now == Count() and (before or Count()) == Count():
            continue
        lines.append(
            PracticeLine(
                practice.number, practice.statement, practice.level, practice.target_percent, now, before
            )
        )  # fmt: skip
    return sorted(lines, key=lambda each: (-each.distance, _LEVELS.get(each.level, 9), each.number))


def with_movers(lines: Sequence[PracticeLine], movers: Mapping[int, Sequence[Mover]]) -> list[PracticeLine]:
    """Each with the services that move it most."""
    return [replace(each, movers=list(movers.get(each.number, ()))) for each in lines]


def furthest(lines: Sequence[PracticeLine]) -> list[int]:
    """The numbers of those whose services are named."""
    return [each.number for each in lines if each.now.not_adopted or each.now.unknown][:MOVED]


def headline(scope: Scope, cells: Cells, said: Mapping[int, Said], lines: Sequence[PracticeLine]) -> Adoption:
    """The whole, now and before; the targets of its practices added up."""
    whole = cells.whole(scope.team_ids)
    series = [
        Point(scope.week.plus(at + 1 - len(scope.marks)).name, whole.at(at) if _is_known(said, mark) else None)
        for at, mark in enumerate(scope.marks)
    ]
    return Adoption(series[-1].count, series[-2].count, len(lines), sum(each.needed for each in lines), series)


def team_lines(scope: Scope, cells: Cells, said: Mapping[int, Said], teams: Mapping[int, Team]) -> list[TeamLine]:
    """Each team beside its own past, by title. A team is not told of a time when nothing was measured."""
    known = [_is_known(said, mark) for mark in (scope.week.plus(-12).begins(scope.audience.zone), scope.since)]
    lines = []
    for key, tally in cells.by("team", scope.team_ids).items():
        now, before, quarter = tally.at(NOW), tally.at(WEEK_AGO), tally.at(QUARTER_AGO)
        if key in teams and (now.applicable or before.applicable):
            lines.append(
                TeamLine(
                    teams[key].name, teams[key].title, now, before if known[1] and before != Count() else None,
                    quarter if known[0] and quarter != Count() else None,
                )
            )  # fmt: skip
    return sorted(lines, key=lambda each: (each.title.lower(), each.name))


def heat(scope: Scope, cells: Cells, said: Mapping[int, Said], teams: Mapping[int, Team]) -> Heat:
    """Those teams and practices with most to do; teams by title, practices by number."""
    found = {
        key: count for key, count in cells.last(scope.team_ids).items()
        if key[0] in teams and key[1] in said and count != Count()
    }  # fmt: skip
    to_do_team, to_do_practice = Counter[int](), Counter[int]()
    for (team, practice), count in found.items():
        to_do_team[team] += count.not_adopted + count.unknown
        to_do_practice[practice] += count.not_adopted + count.unknown
    shown = sorted(_most(to_do_team), key=lambda key: (teams[key].title.lower(), key))
    numbers = sorted(_most(to_do_practice), key=lambda key: said[key].number)
    return Heat(
        [(teams[key].name, teams[key].title) for key in shown], [said[key].number for key in numbers],
        [
            HeatCell(teams[team].name, said[practice].number, found[team, practice])
            for team in shown for practice in numbers if (team, practice) in found
        ],
        len(to_do_team), len(to_do_practice),
    )  # fmt: skip


def teams_of(session: Session) -> dict[int, Team]:
    """All teams by id."""
    return {each.id: each for each in session.scalars(select(Team))}


def _most(of: Counter[int]) -> list[int]:
    return [key for key, _ in sorted(of.items(), key=lambda each: (-each[1], each[0]))[:HEAT]]


def _is_known(said: Mapping[int, Said], mark: datetime) -> bool:
    return any(each.is_measured(mark) for each in said.values())
