"""Where the rows behind a figure are: pages of the same week and of the same services as the report is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from app import links
from app.domain.report import Figures

_PAGE = re.compile(r"/reports/(?P<week>[^/?]+)(?:/teams/(?P<team>[^/?]+)|/(?P<mine>mine))?")


@dataclass(frozen=True)
class Place:
    """`week` is empty where no page shows the rows of a week: in a preview, and of some teams at once. `team` is quoted
    as paths are."""

    week: str = ""
    team: str = ""

    @classmethod
    def of(cls, figures: Figures, path: str) -> Place:
        """From the path of the report's page; without one, as if the report was for everyone and running."""
        found = _PAGE.match(path)
        if found is None:
            return cls()
        team, mine = found["team"] or "", found["mine"] or ""
        is_kept = found["week"] == figures.week and not (mine and figures.teams is not None)
        return cls(found["week"] if is_kept else "", team)

    def practice(self, number: int) -> str:
        """The services behind the share of a practice, at the end of the week."""
        if not self.week:
            return links.practice(number)
        return self._with_team(f"/reports/{self.week}/practices/{number}")

    def of_team(self, name: str) -> Place:
        """The same week, one team of it."""
        return replace(self, team=quote(name, safe=""))

    @property
    def adoption(self) -> str:
        """The matrix."""
        return self._with_team("/adoption")

    @property
    def exemptions(self) -> str:
        return self._with_team("/exemptions")

    def board(self, stage: str = "") -> str:
        """Incidents by stage: a stage, "closed" or "all"; left out, the open ones."""
        return self._with_team(f"/?stage={quote(stage)}" if stage else "/")

    def _with_team(self, path: str) -> str:
        return f"{path}{'&' if '?' in path else '?'}team={self.team}" if self.team else path
