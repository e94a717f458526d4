"""How messages look that are never sent: for the demo's outbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.models.outbox import OutboxMessage
from app.outbox.contract import Parcel
from app.parts import Parts
from app.slack.delivery import SlackDelivery


def renderer(made: Parts) -> Callable[[OutboxMessage], Any]:
    """Says what Slack would show of a message; None where nothing would be sent."""
    deliver = SlackDelivery(None, made.read, made.settings)  # without a client it only draws

    def render(message: OutboxMessage) -> Any:
        outcome = deliver(
            Parcel(
                message.id, message.event, message.payload, message.audience, message.incident_id,
                message.practice_id, message.dedupe_key, message.attempts, message.created_at,
            )
        )  # fmt: skip
        shown = getattr(outcome, "rendered", None)
        return dict(shown) if shown is not None else None

    return render
