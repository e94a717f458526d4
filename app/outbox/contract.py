"""What the relay and whoever delivers for it agree on: what is handed over, and what may have become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

Rendered: TypeAlias = Mapping[str, Any]  # what was shown, as JSON: channel, text, blocks, thread


@dataclass(frozen=True)
class Parcel:
    """One message to deliver. `first_sent_at` is when somebody first tried: it may have arrived since then."""

    id: int
    event: str
    payload: Mapping[str, Any]
    audience: str
    incident_id: int | None
    practice_id: int | None
    dedupe_key: str
    attempts: int
    first_sent_at: datetime

    @property
    def may_have_arrived(self) -> bool:
        """An earlier attempt may have got through although nobody heard of it: look before sending again."""
        return self.attempts > 1


@dataclass(frozen=True)
class ThreadRef:
    """Where the card of an incident stands in one destination."""

    incident_id: int
    destination: str
    channel: str
    ts: str


@dataclass(frozen=True)
class Delivered:
    """It arrived, or somebody sees that it had arrived before."""

    rendered: Rendered
    thread: ThreadRef | None = None


@dataclass(frozen=True)
class Later:
    """Not now. Without `after_seconds` the backoff decides; a patient one waits for a person and never gives up."""

    reason: str
    after_seconds: float | None = None
    is_patient: bool = False
    thread: ThreadRef | None = None  # the card may stand already, although what follows it does not


@dataclass(frozen=True)
class Dead:
    """Never, unless a person changes something and retries; the reason says what."""

    reason: str
    rendered: Rendered | None = None
    thread: ThreadRef | None = None


@dataclass(frozen=True)
class Kept:
    """There is nowhere to send it to; it is shown as it would look."""

    rendered: Rendered


Outcome: TypeAlias = Delivered | Later | Dead | Kept
Deliver: TypeAlias = Callable[[Parcel], Outcome]
