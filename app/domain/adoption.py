"""Stage 8: the standing of one service on one practice, and whether a practice has reached its target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.automation import ERROR, FAIL, PASS
from app.domain.errors import Refusal, Refused
from app.domain.lifecycle import sentence

ADOPTED, NOT_ADOPTED, UNKNOWN, EXEMPT, DOES_NOT_APPLY = "adopted", "not_adopted", "unknown", "exempt", "not_applicable"
ALL, ANY = "all", "any"  # how the checks of a practice combine
FLAPPING = timedelta(days=1)  # lost again within a day, it is the same slip
CLOCK_SKEW = timedelta(minutes=5)
COUNTED = (ADOPTED, NOT_ADOPTED, UNKNOWN, EXEMPT)
STANDINGS = (ADOPTED, NOT_ADOPTED, UNKNOWN, EXEMPT, DOES_NOT_APPLY)


@dataclass(frozen=True)
class Observed:
    """The latest evidence of one active check for one service, if there is any."""

    result: str
    at: datetime
    freshness_days: int

    @property
    def fresh_from(self) -> datetime:
        """Evidence from the future proves nothing until then: somebody's clock is wrong."""
        return self.at - CLOCK_SKEW

    @property
    def stale_at(self) -> datetime:
        return self.at + timedelta(days=self.freshness_days)

    def is_fresh(self, now: datetime) -> bool:
        return self.fresh_from <= now < self.stale_at


@dataclass(frozen=True)
class Cell:
    """All that decides where one service stands on one practice. `applies` is None when the selector fails on the
    service; `exempt_until` is the first instant at which it is excused no longer."""

    applies: bool | None
    observed: Sequence[Observed | None] = ()
    exempt_until: datetime | None = None
    combine: str = ALL

    def at(self, now: datetime) -> str:
        """The standing at this instant, if nothing else happens until then."""
        if self.applies is False:
            return DOES_NOT_APPLY
        if self.exempt_until is not None and now < self.exempt_until:
            return EXEMPT
        fresh = [each.result for each in self.observed if each is not None and each.is_fresh(now)]
        is_known = 0 < len(self.observed) == len(fresh) and ERROR not in fresh
        return _any(fresh, is_known) if self.combine == ANY else _all(fresh, is_known)

    def turns(self, after: datetime) -> list[datetime]:
        """The instants after this one at which time alone may change the standing."""
        seen = [each for each in self.observed if each is not None]
        found = {each.stale_at for each in seen} | {each.fresh_from for each in seen}
        return sorted(each for each in found | {self.exempt_until} if each is not None and each > after)

    def course(self, now: datetime) -> tuple[str, list[tuple[datetime, str]]]:
        """The standing now, and what time alone will make of it: instants and standings, only real changes."""
        first = self.observed[0] if self.observed else None
        if len(self.observed) == 1 and first is not None and self.exempt_until is None and first.is_fresh(now):
            here = self.at(now)  # nearly always: one thing is known until one instant
            return here, [(first.stale_at, UNKNOWN)] if self.applies and here != UNKNOWN else []
        last = here = self.at(now)
        ahead = []
        for turn in self.turns(now):
            then = self.at(turn)
            if then != last:
                ahead.append((turn, then))
            last = then
        return here, ahead


def _all(fresh: Sequence[str], is_known: bool) -> str:
    """All active checks must pass; what is missing, stale or in error is unknown, never adopted."""
    if FAIL in fresh:
        return NOT_ADOPTED
    if not is_known:
        return UNKNOWN
    return ADOPTED if PASS in fresh else DOES_NOT_APPLY


def _any(fresh: Sequence[str], is_known: bool) -> str:
    """One active check that passes is enough; as long as another may still pass, nobody has failed."""
    if PASS in fresh:
        return ADOPTED
    if not is_known:
        return UNKNOWN
    return NOT_ADOPTED if FAIL in fresh else DOES_NOT_APPLY


class Loss(StrEnum):
    """How an adoption was lost; the value is said to people."""

    FAILED = "Its check fails."
    UNSURE = "Its check cannot tell any more."
    STALE = "Its evidence is too old."
    EXEMPTION_OVER = "Its exemption is over."
    NEW = "The practice applies to it now."


EXCUSED, WANTING = (ADOPTED, EXEMPT), (NOT_ADOPTED, UNKNOWN)


def loss(was: str | None, now: str, *, by_time: bool = False) -> Loss | None:
    """How adoption was lost by this change; None: it was not. `was` is None for a service that is new to a practice."""
    if now not in WANTING:
        return None
    if was is None or was == DOES_NOT_APPLY:
        return Loss.NEW
    if was not in EXCUSED:
        return None
    if was == EXEMPT:
        return Loss.EXEMPTION_OVER
    if by_time:
        return Loss.STALE
    return Loss.FAILED if now == NOT_ADOPTED else Loss.UNSURE


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


def require_past(at: datetime, now: datetime) -> datetime:
    """Evidence is of something that has been seen. A clock may be some minutes fast."""
    if at - now > CLOCK_SKEW:
        raise Refused.because(
            "evidence.future", "It was seen in the future: check the clock of whoever reports, and send UTC.", "at"
        )
    return at
