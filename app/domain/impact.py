"""Impact: how much it matters that one service has not adopted one practice. Tier × customer minutes that it would have
met; minutes that nobody knows are said, and never counted as zero."""

from __future__ import annotations

from dataclasses import dataclass

# Each tier weighs twice the next: an hour of a tier 1 service matters as much as a working day of a tier 4 one.
WEIGHTS = {1: 8, 2: 4, 3: 2, 4: 1}
LEVELS = {"must": 0, "should": 1}
UNKNOWN_COUNTS_AS = 60  # customer minutes, for the order alone, while no incident of a practice has known ones


def weight(tier: int) -> int:
    """What a customer minute of a service of this tier weighs. A tier that there is not weighs as the least one."""
    return WEIGHTS.get(tier, 1)


@dataclass(frozen=True)
class Impact:
    """The incidents that a practice would have met on one service: how many, their known customer minutes, and of how
    many nobody knows the minutes. `typical`: what one of those counts as in the order, never in a figure."""

    incidents: int = 0
    minutes: int = 0
    unknown: int = 0
    typical: float = UNKNOWN_COUNTS_AS

    @property
    def words(self) -> str:
        """ "3 incidents, 1,200 customer minutes and one whose minutes are unknown"."""
        if not self.incidents:
            return "no incident of ours yet"
        count = f"{self.incidents:,} incident{'' if self.incidents == 1 else 's'}"
        if self.unknown == self.incidents:
            return f"{count}, customer minutes unknown"
        more = f" and {self.unknown:,} whose minutes are unknown" if self.unknown else ""
        return f"{count}, {self.minutes:,} customer minute{'' if self.minutes == 1 else 's'}{more}"

    def score(self, tier: int) -> float:
        """The larger, the more it matters. Without incidents it is nothing, whatever the tier."""
        return weight(tier) * (self.minutes + self.unknown * self.typical)


NONE = Impact()


def order(impact: Impact, *, tier: int, level: str, name: str) -> tuple[float, int, int, int, str]:
    """Sorts what matters most first; at equal impact more incidents, then must before should, tier, and name."""
    return -impact.score(tier), -impact.incidents, LEVELS.get(level, 9), tier, name
