"""What this process remembers of Slack's requests: the last that it took, and the last that it refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(eq=False)
class Hearing:
    """Filled by the door, read by the checks; one word for each is enough, so that nothing of a request is kept."""

    taken_at: datetime | None = None
    refused_at: datetime | None = None
    refused_because: str = ""

    def took(self, now: datetime) -> None:
        """A request had a good signature. Not to be called for our own test (`is_ours`)."""
        self.taken_at = now

    def refused(self, now: datetime, because: str) -> None:
        """A request was turned away; `because` completes "refused because …", such as "its signature does not fit"."""
        self.refused_at, self.refused_because = now, because


HEARING = Hearing()  # of this process
OURS = "X-Ratchet-Setup-Test"  # the header of the request by which a check asks our own door
