"""Stage 2: times in order, impact, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from app.domain.errors import Refusal, Refused
from app.domain.lifecycle import sentence

# Field, and the words after "it": the order in which these happen to every incident.
ORDER = (("started_at", "started"), ("detected_at", "was detected"), ("mitigated_at", "was mitigated"),
         ("resolved_at", "was resolved"))  # fmt: skip
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class ResolutionFacts:
    started_at: datetime | None
    detected_at: datetime | None
    mitigated_at: datetime | None
    resolved_at: datetime | None
    impact: str
    how_resolved: str


def missing(facts: ResolutionFacts) -> Iterator[Refusal]:
    for field, words in ORDER:
        if getattr(facts, field) is None:
            yield sentence("resolution.times_missing", field=field, which=words)
    yield from _out_of_order(facts)
    if not facts.impact.strip():
        yield sentence("resolution.impact_missing", field="impact")
    if not facts.how_resolved.strip():
        yield sentence("resolution.how_missing", field="how_resolved")


def _out_of_order(facts: ResolutionFacts) -> Iterator[Refusal]:
    known = [(field, words) for field, words in ORDER if getattr(facts, field) is not None]
    for (earlier, earlier_words), (later, later_words) in pairwise(known):
        if getattr(facts, later) < getattr(facts, earlier):
            yield sentence("resolution.times_out_of_order", field=later, later=later_words, earlier=earlier_words)


def require_sane(facts: ResolutionFacts, *, now: datetime) -> None:
    """What is wrong while typing already: times out of order, or in the future. Missing ones may come later."""
    wrong = list(_out_of_order(facts))
    for field, words in ORDER:
        at = getattr(facts, field)
        if at is not None and at > now + CLOCK_SKEW:
            wrong.append(Refusal("resolution.time_in_future", f"The time when it {words} lies in the future.", field))
    if wrong:
        raise Refused(wrong)


def require_minutes(minutes: int | None) -> int | None:
    if minutes is not None and not 0 <= minutes <= 2_000_000_000:
        raise Refused.because(
            "resolution.minutes_wrong", "Enter the customer minutes as a number from 0 up.", "customer_minutes"
        )
    return minutes
