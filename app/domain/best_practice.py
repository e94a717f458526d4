"""Stage 6: the rule is agreed on by someone other than its author."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.errors import NotAllowed, Refusal, Refused
from app.domain.lifecycle import PROPOSED, RETIRED, sentence

LEVELS = ("must", "should")


@dataclass(frozen=True)
class PracticeFacts:
    number: int
    state: str

    @property
    def name(self) -> str:
        return f"BP-{self.number}"


def missing(practices: Sequence[PracticeFacts]) -> Iterator[Refusal]:
    if not practices:
        yield sentence("best_practice.practice_missing")
    for practice in practices:
        if practice.state == PROPOSED:
            yield sentence("best_practice.not_accepted", practice=practice.name)
        elif practice.state == RETIRED:
            yield sentence("best_practice.retired", practice=practice.name)


def require_other(author_id: int | None, by_id: int | None) -> None:
    """ "Accepted by someone other than its author": four eyes, whatever the role."""
    if author_id is not None and author_id == by_id:
        raise NotAllowed("A practice is accepted by someone other than its author.", "practice.own")


def require_other_editor(edited_by_id: int | None, by_id: int | None) -> None:
    """Whoever has changed the words last is an author of them."""
    if edited_by_id is not None and edited_by_id == by_id:
        raise NotAllowed("You changed its words last: somebody else accepts them.", "practice.own")


def require_target(percent: int | None) -> int:
    if percent is None or not 1 <= percent <= 100:
        raise Refused.because(
            "practice.target_wrong", "Enter the target as a percentage from 1 to 100.", "target_percent"
        )
    return percent


def require_level(level: str) -> str:
    if level not in LEVELS:
        raise Refused.because("practice.level_unknown", f"Choose one of {', '.join(LEVELS)}.", "level")
    return level
