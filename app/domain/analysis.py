"""Stage 5: which pattern this was, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.errors import Refusal
from app.domain.lifecycle import sentence

NEW, KNOWN, NONE = "new", "known", "none"
DECISIONS = (NEW, KNOWN, NONE)


@dataclass(frozen=True)
class AnalysisFacts:
    has_pattern: bool
    decision: str | None
    reason: str
    practices: int


def missing(facts: AnalysisFacts) -> Iterator[Refusal]:
    if not facts.has_pattern:
        yield sentence("analysis.pattern_missing")
    if facts.decision not in DECISIONS:
        yield sentence("analysis.decision_missing")
    if not facts.reason.strip():
        yield sentence("analysis.reason_missing")
    # A new practice may be written at the next stage; a known one exists and is linked now.
    if facts.decision == KNOWN and not facts.practices:
        yield sentence("analysis.practice_missing")
