"""The shape of what a message tells: plain values, so that messages are built and tested without a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.adoption import Progress
from app.domain.lifecycle import Position


@dataclass(frozen=True)
class Who:
    """Somebody by name, and by their Slack account if it is known."""

    id: int
    name: str
    slack_user_id: str | None = None


@dataclass(frozen=True)
class ServiceLine:
    title: str
    team: str | None = None


@dataclass(frozen=True)
class PracticeLine:
    """A practice as one line of an incident's message."""

    number: int
    statement: str
    state: str

    @property
    def name(self) -> str:
        return f"BP-{self.number}"


@dataclass(frozen=True)
class KnownLine:
    """A known lesson as one line of a card: "checkout had not adopted BP-5, learned from INC-12.", and the rule."""

    service: str
    practice_number: int
    words: str
    statement: str


@dataclass(frozen=True)
class ItemNotice:
    number: int
    title: str
    priority: str
    kind: str
    due_on: date
    state: str
    owner: Who

    @property
    def name(self) -> str:
        return f"ACT-{self.number}"


@dataclass(frozen=True, kw_only=True)
class IncidentNotice:
    """The card of one incident. `waits_for` is in words; None or empty wherever nobody has said anything yet."""

    number: int
    title: str
    severity: str | None
    stage: str
    state: str
    declared_at: datetime
    stage_entered_at: datetime
    waits_for: str = ""
    is_imported: bool = False
    services: Sequence[ServiceLine] = ()
    commander: Who | None = None
    declared_by: Who | None = None
    facilitator: Who | None = None
    started_at: datetime | None = None
    resolved_at: datetime | None = None
    impact: str = ""
    customer_minutes: int | None = None
    how_resolved: str = ""
    summary: str = ""
    lessons: str = ""
    factors: int = 0
    items: int = 0
    items_open: int = 0
    none_needed_because: str = ""
    pattern: str | None = None
    decision: str | None = None
    reason: str = ""
    practices: Sequence[PracticeLine] = ()
    known: Sequence[KnownLine] = ()
    known_more: int = 0

    @property
    def name(self) -> str:
        return f"INC-{self.number}"

    @property
    def position(self) -> Position:
        return Position(self.stage, self.state)


@dataclass(frozen=True, kw_only=True)
class PracticeNotice:
    """One practice. `to_do` are services that have not adopted it: of the team that is told, or of everybody."""

    number: int
    statement: str
    why: str
    state: str
    level: str
    target_percent: int
    target_on: date | None = None
    author: Who | None = None
    accepted_by: Who | None = None
    progress: Progress | None = None
    to_do: Sequence[str] = ()
    to_do_count: int = 0

    @property
    def name(self) -> str:
        return f"BP-{self.number}"


@dataclass(frozen=True)
class SlipLine:
    """One service that lost its adoption of one practice, and why in words."""

    service: str
    practice: str
    statement: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SlipNotice:
    """What services of one team have lost. `lines` are the first ones of `count`; `team` is None: nobody owns them."""

    team: str | None
    team_name: str | None
    lines: Sequence[SlipLine]
    count: int
    services: int


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What happened, by whom, when and why, and what it happened to. `by` is None for Ratchet itself."""

    event: str
    at: datetime
    by: Who | None = None
    why: str = ""
    stage: str | None = None
    incident: IncidentNotice | None = None
    practice: PracticeNotice | None = None
    item: ItemNotice | None = None
    slips: SlipNotice | None = None
    exemption_id: int | None = None
