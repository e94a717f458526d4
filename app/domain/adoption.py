"""Stage 8: the standing of one service on one practice, and whether a practice has reached its target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.automation import ERROR, FAIL, NOT_APPLICABLE, PASS
from app.domain.errors import Refusal
from app.domain.lifecycle import sentence

ADOPTED, NOT_ADOPTED, UNKNOWN, EXEMPT, DOES_NOT_APPLY = "adopted", "not_adopted", "unknown", "exempt", "not_applicable"
CLOCK_SKEW = timedelta(minutes=5)
STANDINGS = (ADOPTED, NOT_ADOPTED, UNKNOWN, EXEMPT, DOES_NOT_APPLY)


@dataclass(frozen=True)
class Observed:
    """The latest evidence of one active check for one service, if there is any."""

    result: str
    at: datetime
    freshness_days: int

    def is_fresh(self, now: datetime) -> bool:
        """Neither stale nor from the future: a wrong clock proves nothing."""
        return -CLOCK_SKEW <= now - self.at <= timedelta(days=self.freshness_days)


def standing(*, applies: bool, is_exempt: bool, observed: Sequence[Observed | None], now: datetime) -> str:
    """One cell of the matrix. All active checks must pass; what is missing, stale or in error is unknown."""
    if not applies:
        return DOES_NOT_APPLY
    if is_exempt:
        return EXEMPT
    fresh = [each.result for each in observed if each is not None and each.is_fresh(now)]
    if FAIL in fresh:
        return NOT_ADOPTED
    if not observed or len(fresh) < len(observed) or ERROR in fresh:
        return UNKNOWN
    if all(result == NOT_APPLICABLE for result in fresh):
        return DOES_NOT_APPLY
    return ADOPTED if PASS in fresh else UNKNOWN


@dataclass(frozen=True)
class Progress:
    """How far one practice is. Exempt services and those it does not apply to count neither way."""

    name: str
    adopted: int
    applicable: int
    target_percent: int

    @property
    def is_met(self) -> bool:
        return self.applicable > 0 and self.adopted * 100 >= self.target_percent * self.applicable

    @property
    def needed(self) -> int:
        """How many services must adopt in all, rounded up."""
        return -(-self.target_percent * self.applicable // 100)

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down so that 99.6 never reads as 100. None: it applies to no service."""
        return self.adopted * 100 // self.applicable if self.applicable else None


def progress(name: str, standings: Iterable[tuple[str, int]], target_percent: int) -> Progress:
    count = dict(standings)
    applicable = sum(count.get(each, 0) for each in (ADOPTED, NOT_ADOPTED, UNKNOWN))
    return Progress(name, count.get(ADOPTED, 0), applicable, target_percent)


def missing(practices: Sequence[Progress]) -> Iterator[Refusal]:
    if not practices:
        yield sentence("adoption.practice_missing")
    for practice in practices:
        if not practice.applicable:
            yield sentence("adoption.applies_to_none", practice=practice.name)
        elif not practice.is_met:
            yield sentence(
                "adoption.below_target", practice=practice.name, adopted=practice.adopted,
                applicable=practice.applicable, target=practice.needed,
            )  # fmt: skip
