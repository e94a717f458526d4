"""Stage 3: a review is complete when people who were not there can learn from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.errors import Refusal, Refused
from app.domain.lifecycle import sentence

# "Contributing factor: what made it possible; never 'root cause', never a person; in one of five areas."
AREAS = ("dependency", "scale", "variance", "change", "organization")


@dataclass(frozen=True)
class ReviewFacts:
    has_facilitator: bool
    summary: str
    timeline_entries: int
    contributing_factors: int
    went_well: str
    went_badly: str
    got_lucky: str


def missing(facts: ReviewFacts) -> Iterator[Refusal]:
    if not facts.has_facilitator:
        yield sentence("review.facilitator_missing")
    if not facts.summary.strip():
        yield sentence("review.summary_missing")
    if not facts.timeline_entries:
        yield sentence("review.timeline_missing")
    if not facts.contributing_factors:
        yield sentence("review.factor_missing")
    for question in ("went_well", "went_badly", "got_lucky"):
        if not getattr(facts, question).strip():
            yield sentence(f"review.{question}_missing")


def require_area(area: str, field: str = "area") -> str:
    if area not in AREAS:
        raise Refused.because("factor.area_unknown", f"Choose one of the areas {', '.join(AREAS)}.", field)
    return area
