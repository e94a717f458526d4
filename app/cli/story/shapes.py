"""The shapes in which the story is written down: plain records, with the defaults that most of them share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CLOSED = "closed"
NEW, KNOWN, NONE = "new", "known", "none"
MUST, SHOULD, COULD = "must", "should", "could"
DETECT, MITIGATE, PREVENT, PROCESS = "detect", "mitigate", "prevent", "process"
DEPENDENCY, SCALE, VARIANCE, CHANGE, ORGANIZATION = "dependency", "scale", "variance", "change", "organization"


@dataclass(frozen=True)
class Team:
    name: str
    title: str
    channel: str


@dataclass(frozen=True)
class Person:
    """`key` is the first part of the address."""

    key: str
    name: str
    role: str
    team: str
    zone: str = "Europe/Berlin"


@dataclass(frozen=True)
class Service:
    name: str
    team: str
    tier: int
    kind: str
    title: str
    description: str
    needs: str = ""  # names, parted by spaces


@dataclass(frozen=True)
class Check:
    """`written` and `active` are days before now; `active` None: it is still in dry run."""

    expression: str
    written: float
    active: float | None
    kind: str = "facts"
    because: str = ""
    freshness_days: int = 60


@dataclass(frozen=True)
class Practice:
    """`proposed`, `accepted` and `retired` are days before now. `born_of` is the key of the incident it comes from."""

    key: str
    statement: str
    area: str
    why: str
    author: str
    proposed: float
    selector: str = "true"
    target: int = 100
    by_in: int = 30  # days from now until it is due; negative: it was due before
    level: str = "must"
    accepted_by: str = ""
    accepted: float | None = None
    check: Check | None = None
    born_of: str = ""
    retired: float | None = None
    retired_why: str = ""


@dataclass(frozen=True)
class Gap:
    """A fact that was wrong at first: the days before now at which each service put it right; None: not yet."""

    key: str
    at_first: Any
    later: Any
    services: Mapping[str, float | None]


@dataclass(frozen=True)
class Attested:
    """Somebody of the owning team has looked, so many days before now."""

    practice: str
    service: str
    days: float
    words: str
    result: str = "pass"


@dataclass(frozen=True)
class Exempt:
    """A service asks to be excused so many days before now, until so many days from now; `is_granted` on that day."""

    practice: str
    service: str
    by: str
    days: float
    until: float
    why: str
    is_granted: bool = True


@dataclass(frozen=True)
class Drive:
    """A campaign, started so many days before now, until so many days from now."""

    practice: str
    by: str
    days: float
    until: float
    target: int
    why: str


@dataclass(frozen=True)
class Item:
    """An action item, due so many days after the review. `state` empty: what fits how far the incident has come."""

    title: str
    owner: str
    priority: str
    kind: str
    due: int = 21
    state: str = ""
    why: str = ""


@dataclass(frozen=True)
class Block:
    """The stage cannot go on, `after` days from its beginning, for so many days; `days` None: until now."""

    stage: str
    why: str
    after: float = 1
    days: float | None = None


@dataclass(frozen=True)
class Reopened:
    """Somebody goes back to `stage`, so many days before now, when the incident had `reached` another one."""

    stage: str
    by: str
    days: float
    why: str
    reached: str = CLOSED


@dataclass(frozen=True, kw_only=True)
class Incident:
    """`days` before now and `at` o'clock; without `at`, exactly so many days. `minutes`: until detected, mitigated,
    resolved. `lead` commands, `chair` holds the review. `to`: the stage where it stands, or closed."""

    key: str
    days: float
    at: str = ""
    title: str
    severity: str | None
    services: str
    lead: str | None
    by: str
    to: str
    description: str = ""
    labels: Sequence[str] = ()
    private_to: Sequence[str] | None = None
    is_vague: bool = False  # severity and commander were named a few minutes later
    minutes: Sequence[int] = ()
    impact: str = ""
    customer_minutes: int | None = None
    how: str = ""
    chair: str | None = None
    summary: str = ""
    timeline: Sequence[tuple[int, str]] = ()  # minutes after the start
    factors: Sequence[tuple[str, str]] = ()
    well: str = ""
    badly: str = ""
    lucky: str = ""
    lessons: str = ""
    body: str = ""
    items: Sequence[Item] = ()
    none_needed: str = ""
    pattern: str = ""
    decision: str = ""
    reason: str = ""
    practices: Sequence[str] = ()
    pace: tuple[int, int, int] = (3, 12, 4)  # working days: review, remediation, analysis
    skips: Mapping[str, str] = field(default_factory=dict)
    block: Block | None = None
    reopened: Reopened | None = None


@dataclass(frozen=True)
class Subscriber:
    """Somebody who gets a weekly report of their own, and since how many days; to be read, or in Slack as well."""

    key: str
    days_ago: float
    about: str
    by_slack: bool = False
