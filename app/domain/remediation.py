"""Stage 4: every must-do item is done and verified, or dropped with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.errors import NotAllowed, Refusal, Refused
from app.domain.lifecycle import sentence

MUST = "must"
PRIORITIES = (MUST, "should", "could")
KINDS = ("detect", "mitigate", "prevent", "process")
OPEN, ITEM_DONE, VERIFIED, DROPPED = "open", "done", "verified", "dropped"


@dataclass(frozen=True)
class ItemFacts:
    number: int
    title: str
    priority: str
    state: str

    @property
    def name(self) -> str:
        return f"ACT-{self.number} “{self.title}”"


@dataclass(frozen=True)
class RemediationFacts:
    items: Sequence[ItemFacts]
    none_needed_because: str


def missing(facts: RemediationFacts) -> Iterator[Refusal]:
    if not facts.items and not facts.none_needed_because.strip():
        yield sentence("remediation.items_missing")
    for item in facts.items:
        if item.priority == MUST and item.state == OPEN:
            yield sentence("remediation.item_open", item=item.name)
        elif item.priority == MUST and item.state == ITEM_DONE:
            yield sentence("remediation.item_unverified", item=item.name)


# verb: (from, to, what to say otherwise)
ITEM_STEPS = {
    "finish": ({OPEN}, ITEM_DONE, "This action item is not open."),
    "verify": ({ITEM_DONE}, VERIFIED, "Only an action item that is done can be verified."),
    "drop": ({OPEN, ITEM_DONE}, DROPPED, "Only an action item that is open or done can be dropped."),
    "resume": ({ITEM_DONE, VERIFIED, DROPPED}, OPEN, "This action item is already open."),
}


def item_step(state: str, verb: str, why: str = "") -> str:
    """The state after one step of an action item. Refused: it does not fit, or a reason is missing for a drop."""
    allowed, after, otherwise = ITEM_STEPS[verb]
    if state not in allowed:
        raise Refused.because(f"item.not_{verb}", otherwise)
    if verb == "drop" and not why.strip():
        raise Refused.because("item.reason_missing", "Say why this action item is dropped.", "why")
    return after


def require_choice(value: str, choices: Sequence[str], field: str) -> str:
    if value not in choices:
        raise Refused.because(f"item.{field}_unknown", f"Choose one of {', '.join(choices)}.", field)
    return value


def require_other(owner_id: int, by_id: int | None) -> None:
    """Done and verified are two claims by two people, whatever the role."""
    if owner_id == by_id:
        raise NotAllowed("An action item is verified by someone other than its owner.", "item.own")
