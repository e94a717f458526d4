"""Messages that could not be delivered: try again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.domain import people
from app.domain.errors import NotFound, Refused
from app.domain.people import Actor
from app.models.incident import Incident
from app.models.outbox import DEAD, KEPT, PENDING, OutboxMessage
from app.queries.outbox import may_know
from app.workflow.unit_of_work import Work


def retry(work: Work, message_id: int, *, by: Actor, now: datetime) -> OutboxMessage:
    """Send a dead or kept message once more; whether it had arrived after all is looked up first."""
    message = work.session.get(OutboxMessage, message_id, with_for_update=True, populate_existing=True)
    seen = (
        select(OutboxMessage.id)
        .outerjoin(Incident, Incident.id == OutboxMessage.incident_id)
        .where(OutboxMessage.id == message_id, may_know(by))
    )
    if message is None or work.session.scalar(seen) is None:
        raise NotFound("There is no such message.")
    people.require(by, "retry_message")
    if message.state not in (DEAD, KEPT):
        raise Refused.because("message.not_dead", "Only a message that is dead or kept can be sent again.")
    message.state, message.next_at, message.last_error = PENDING, now, ""
    message.attempts = min(message.attempts, 1)  # patience begins anew; that it may have arrived is not forgotten
    work.session.flush()
    return message
