"""The figures of one week for one audience, read from what is and from what was: whoever asks later for the same week
is told the same, but for what is kept without a past (titles, owners, minutes, whose a service is)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.lifecycle import Policy
from app.domain.report import Figures
from app.domain.week import Week
from app.models.person import Team
from app.queries.audience import Audience
from app.queries.weekly import (
    adoption,
    behind,
    campaigns,
    cells,
    exemptions,
    items,
    loops,
    needs,
    positions,
    practices,
    recurrences,
    slips,
    stages,
)
from app.queries.weekly.cells import Cells
from app.queries.weekly.practices import Said
from app.queries.weekly.scope import Scope


@dataclass(frozen=True)
class _Dear:
    cells: Cells
    said: Mapping[int, Said]
    teams: Mapping[int, Team]


@dataclass
class Shared:
    """What audiences have in common whose weeks end at the same instant; for one session and the calls of a moment."""

    kept: dict[tuple[datetime, ...], _Dear] = field(default_factory=dict)

    def of(self, session: Session, scope: Scope) -> _Dear:
        """Read once for the same weeks."""
        quarter = scope.week.plus(-12).begins(scope.audience.zone)
        key = (quarter, scope.since, *scope.marks)
        if key not in self.kept:
            self.kept[key] = _Dear(
                cells.read(session, [quarter, scope.since, scope.as_of], scope.marks),
                practices.read(session, scope.as_of), adoption.teams_of(session),
            )  # fmt: skip
        return self.kept[key]


def compute(
    session: Session, audience: Audience, week: Week, *, policy: Mapping[str, Policy], as_of: datetime | None = None,
    shared: Shared | None = None,
) -> Figures:  # fmt: skip
    """Everything as it stood at `as_of`, or at the end of the week. A fixed number of queries, whatever there is."""
    scope = Scope(audience, week, as_of or week.ends(audience.zone))
    dear = (shared or Shared()).of(session, scope)
    lines = adoption.practice_lines(scope, dear.cells, dear.said)
    lines = adoption.with_movers(lines, behind.movers(session, scope, dear.said, adoption.furthest(lines)))
    named = {each.number for each in lines}
    stood = positions.read(session, scope)
    found = needs.Seen(
        lines, campaigns.read(session, scope, [each.id for each in dear.said.values() if each.number in named]),
        items.read(session, scope), exemptions.read(session, scope), stages.read(session, scope, stood),
    )  # fmt: skip
    return Figures(
        week=week.name, audience=audience.key, title=audience.title,
        teams=None if audience.teams is None else list(audience.teams), zone=audience.zone, since=scope.since,
        as_of=scope.as_of, adoption=adoption.headline(scope, dear.cells, dear.said, lines),
        loops=loops.read(session, scope, stood), recurrences=recurrences.read(session, scope, stood),
        slips=slips.read(session, scope), practices=found.practices,
        team_lines=adoption.team_lines(scope, dear.cells, dear.said, dear.teams),
        heat=adoption.heat(scope, dear.cells, dear.said, dear.teams), campaigns=found.campaigns, items=found.items,
        exemptions=found.exemptions, stages=found.stages, needs=needs.read(session, scope, found, policy),
    )  # fmt: skip
