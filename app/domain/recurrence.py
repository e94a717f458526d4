"""Recurrence: whether what happened was known before, and whether the affected service had adopted it by then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.domain.adoption import ADOPTED, EXEMPT, NOT_ADOPTED, UNKNOWN

KNOWN_NOT_ADOPTED, EXCUSED, ADOPTED_YET, NEW = "known_not_adopted", "excused", "adopted_yet", "new"
VERDICTS = (KNOWN_NOT_ADOPTED, EXCUSED, ADOPTED_YET, NEW)  # of several services, the first one of these tells most
PREVENTABLE = frozenset({KNOWN_NOT_ADOPTED, EXCUSED})  # whoever is excused has not adopted it: it could have been met
TITLES = {
    KNOWN_NOT_ADOPTED: "Known, not adopted", EXCUSED: "Known, exempt", ADOPTED_YET: "Adopted, yet it happened",
    NEW: "New",
}  # fmt: skip
# How a sentence says it: "unknown" never passes for adopted, and is not called a refusal either.
STOOD = {
    NOT_ADOPTED: "had not adopted", UNKNOWN: "was not known to have adopted", EXEMPT: "was exempt from",
    ADOPTED: "had adopted",
}  # fmt: skip


def started(declared_at: datetime, started_at: datetime | None, detected_at: datetime | None) -> datetime:
    """The instant that counts: what is adopted or learned after it could not have met the incident."""
    return started_at or detected_at or declared_at


def is_known(accepted_at: datetime | None, retired_at: datetime | None, at: datetime) -> bool:
    """Whether a practice held at an instant: accepted by then, and not retired yet."""
    return accepted_at is not None and accepted_at <= at and (retired_at is None or retired_at > at)


def verdict(standings: Iterable[str]) -> str:
    """Of one service, from where it stood then on every practice known against the pattern. A practice that did not
    apply to it says nothing."""
    found = set(standings)
    if found & {NOT_ADOPTED, UNKNOWN}:
        return KNOWN_NOT_ADOPTED
    if EXEMPT in found:
        return EXCUSED
    return ADOPTED_YET if ADOPTED in found else NEW


def of_all(verdicts: Iterable[str]) -> str:
    """Of a whole incident, from those of its services: one service that had not adopted makes it preventable."""
    return min(verdicts, key=VERDICTS.index, default=NEW)


def sentence(service: str, practice: str, standing: str, learned_from: Sequence[int] = (), more: int = 0) -> str:
    """ "checkout had not adopted BP-5, learned from INC-12 and INC-31." Numbers come newest first, and are said in the
    order in which it happened."""
    words = f"{service} {STOOD[standing]} {practice}"
    if learned_from:
        words += f", learned from {listed([f'INC-{each}' for each in reversed(learned_from)], more)}"
    if standing == ADOPTED:
        words += ", and yet it happened" if learned_from else " and yet it happened"
    return f"{words}."


def listed(names: Sequence[str], more: int = 0) -> str:
    """ "INC-12 and INC-31"; "INC-12, INC-31 and 4 more"."""
    said = [*names, f"{more} more"] if more else list(names)
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
