"""The sections of the weekly report and their lines, as plain values. Times are UTC; `minutes` are customer minutes;
what cannot be known is None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from app.domain.recurrence import ADOPTED_YET, PREVENTABLE

SMALL = 10  # of fewer things no percentage is made: "3 of 8" says more than 37 %
NEED_KINDS = (
    "slipped_practice", "questioned_practice", "campaign_at_risk", "exemption_expiring", "item_overdue", "stuck_stage",
    "practice_to_accept",
)  # fmt: skip


@dataclass(frozen=True)
class Count:
    """How many services (or cells of the matrix) stand where. Exempt ones count neither way."""

    adopted: int = 0
    not_adopted: int = 0
    unknown: int = 0
    exempt: int = 0

    @property
    def applicable(self) -> int:
        return self.adopted + self.not_adopted + self.unknown

    @property
    def tenths(self) -> int | None:
        """Adopted in tenths of a percent, rounded down, so that 99.96 never reads as 100. None: nothing is applicable,
        or so little that a percentage would say more than is known."""
        return self.adopted * 1000 // self.applicable if self.applicable >= SMALL else None

    def plus(self, other: Count) -> Count:
        return Count(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True)
class Point:
    """Adoption at the end of one week. `count` is None where nothing was measured yet."""

    week: str
    count: Count | None


@dataclass(frozen=True)
class Adoption:
    """The headline. `before` is a week earlier; `needed` is what the targets of all practices ask for together, in
    cells. `said_before`: what last week's report said, where what was told late has changed it since."""

    now: Count | None
    before: Count | None
    practices: int
    needed: int
    series: Sequence[Point]
    said_before: Count | None = None


@dataclass(frozen=True)
class Mover:
    """A service that has not adopted a practice, and what stands behind it: see domain/impact."""

    service: str
    tier: int
    team: str | None
    standing: str
    incidents: int
    minutes: int
    minutes_unknown: int


@dataclass(frozen=True)
class PracticeLine:
    """One practice that machines measure, and the services that move it most (of the furthest ones only)."""

    number: int
    statement: str
    level: str
    target_percent: int
    now: Count
    before: Count | None
    movers: Sequence[Mover] = ()

    @property
    def name(self) -> str:
        return f"BP-{self.number}"

    @property
    def needed(self) -> int:
        """How many services must adopt in all for the target, rounded up."""
        return -(-self.target_percent * self.now.applicable // 100)

    @property
    def missing(self) -> int:
        """How many more services must adopt."""
        return max(0, self.needed - self.now.adopted)

    @property
    def distance(self) -> float:
        """To the target, as a share of the services that it applies to; less than nothing above it."""
        of = self.now.applicable
        return self.target_percent / 100 - self.now.adopted / of if of else 0.0


@dataclass(frozen=True)
class TeamLine:
    """One team beside its own past: a week, and thirteen weeks before. Never beside other teams by rank."""

    name: str
    title: str
    now: Count
    before: Count | None
    quarter: Count | None


@dataclass(frozen=True)
class HeatCell:
    """One team on one practice, at the end of the week."""

    team: str
    practice: int
    count: Count


@dataclass(frozen=True)
class Heat:
    """The team × practice map: at most HEAT of each, those with most to do, teams by title, practices by number."""

    teams: Sequence[tuple[str, str]]  # name and title
    practices: Sequence[int]
    cells: Sequence[HeatCell]
    teams_total: int
    practices_total: int


@dataclass(frozen=True)
class LoopLine:
    """An incident whose loop was opened or closed."""

    incident: int
    title: str
    severity: str | None
    at: datetime


@dataclass(frozen=True)
class Loops:
    """`open_count`: incidents on their way at the end of the week. `closed_ever` of `declared_ever`: of the incidents
    declared in the last WEEKS weeks, how many loops were closed by then."""

    opened: Sequence[LoopLine]
    opened_count: int
    closed: Sequence[LoopLine]
    closed_count: int
    reopened_count: int
    open_count: int
    closed_ever: int
    declared_ever: int


@dataclass(frozen=True)
class RecurrenceLine:
    """An incident whose known pattern was named this week. `verdict` is of domain/recurrence."""

    incident: int
    title: str
    severity: str | None
    verdict: str
    services: Sequence[str]
    practices: Sequence[int]
    minutes: int | None

    @property
    def is_preventable(self) -> bool:
        return self.verdict in PREVENTABLE


@dataclass(frozen=True)
class Recurrences:
    """Preventable ones first. `minutes` as far as they are known; of `minutes_unknown` incidents nobody knows."""

    lines: Sequence[RecurrenceLine]
    preventable: int
    minutes: int
    minutes_unknown: int
    adopted_yet: int


@dataclass(frozen=True)
class SlipLine:
    """A service that lost its adoption of a practice in the week."""

    service: str
    team: str | None
    practice: int
    statement: str
    cause: str
    message: str
    at: datetime
    recovered_at: datetime | None


@dataclass(frozen=True)
class Slips:
    """Those that are still lost come first."""

    lines: Sequence[SlipLine]
    lost_count: int
    recovered_count: int


@dataclass(frozen=True)
class CampaignLine:
    """A campaign that is at risk. `forecast` is a sentence; empty while there is no pace to speak of."""

    id: int
    practice: int
    statement: str
    owner: str
    adopted: int
    applicable: int
    target_percent: int
    ends_on: date
    forecast: str


@dataclass(frozen=True)
class Campaigns:
    at_risk: Sequence[CampaignLine]
    running: int


@dataclass(frozen=True)
class ItemLine:
    """An action item that was open after its day."""

    number: int
    title: str
    priority: str
    owner: str
    due_on: date
    days_over: int
    incident: int


@dataclass(frozen=True)
class Items:
    lines: Sequence[ItemLine]
    overdue: int
    open: int


@dataclass(frozen=True)
class ExemptionLine:
    """An exemption whose last day comes within EXPIRING_DAYS."""

    practice: int
    service: str
    team: str | None
    expires_on: date
    granted_by: str
    reason: str


@dataclass(frozen=True)
class Exemptions:
    lines: Sequence[ExemptionLine]
    expiring: int
    running: int


@dataclass(frozen=True)
class StageLine:
    """One stage of the funnel. `reached`: of the incidents declared in the last WEEKS weeks, how many had come to it or
    beyond. `waiting`: all that stood there at the end of the week, and since how many hours; None with nobody there."""

    key: str
    title: str
    reached: int
    waiting: int
    blocked: int
    median_hours: float | None
    p90_hours: float | None
    longest_hours: float | None


@dataclass(frozen=True)
class WaitLine:
    """An incident that has waited long, and for whom."""

    incident: int
    title: str
    severity: str | None
    stage: str
    hours: float
    is_blocked: bool
    waits_for: str


@dataclass(frozen=True)
class Stages:
    lines: Sequence[StageLine]  # eight, in order
    longest: Sequence[WaitLine]


@dataclass(frozen=True)
class Need:
    """A decision that one named owner can take this week. `kind` is one of NEED_KINDS; `subject` what people call it
    (BP-5, ACT-7, INC-42), `path` its page, `incident` the number of the incident that it tells of, if any.
    `minutes`: preventable ones behind it; None: nobody knows."""

    kind: str
    owner: str
    subject: str
    title: str
    path: str
    detail: str
    minutes: int | None
    incident: int | None = None


def order_of(line: RecurrenceLine) -> tuple[bool, bool, bool, int, int]:
    """Sorts preventable incidents first, known minutes before unknown, the costliest first."""
    return (
        not line.is_preventable, line.verdict != ADOPTED_YET, line.minutes is None, -(line.minutes or 0), line.incident,
    )  # fmt: skip
