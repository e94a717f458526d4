"""Claim a message, hand it over with no transaction open, write down what became of it.

One message at a time: the lease then covers one delivery, and a slow one never lets the lease of another run out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased, sessionmaker

from app.models.outbox import DEAD, DELIVERED, KEPT, LEASED, PENDING, OutboxMessage, SlackThread
from app.outbox import backoff
from app.outbox.contract import Dead, Deliver, Delivered, Kept, Later, Outcome, Parcel, ThreadRef

log = structlog.get_logger(__name__)
REASON_MAX = 2_000
UNSETTLED = (PENDING, LEASED)


class Relay:
    """Any number may run at once, in any number of processes: a message is leased by one of them."""

    def __init__(
        self, sessions: sessionmaker[Session], deliver: Deliver, clock: Callable[[], datetime],
        new_id: Callable[[], str], *, lease_seconds: float = 180,
    ) -> None:  # fmt: skip
        self.sessions = sessions
        self.deliver = deliver
        self.clock = clock
        self.new_id = new_id
        self.lease_seconds = lease_seconds

    def run_once(self) -> int:
        """Deliver the oldest message that is due. 0: none is."""
        claimed = self._claim()
        if claimed is None:
            return 0
        parcel, lease = claimed
        outcome = self._outcome(parcel)
        if self._settle(parcel, lease, outcome):
            log.info("message", id=parcel.id, event_name=parcel.event, audience=parcel.audience,
                     outcome=type(outcome).__name__.lower(), attempts=parcel.attempts)  # fmt: skip
        else:
            log.warning("lease lost: another relay has this message now", id=parcel.id)
        return 1

    def _claim(self) -> tuple[Parcel, str] | None:
        with self.sessions() as session, session.begin():
            now = self.clock()
            row = session.scalars(_due(now)).first()
            if row is None:
                return None
            lease = self.new_id()
            row.state, row.lease = LEASED, lease
            row.next_at = now + timedelta(seconds=self.lease_seconds)
            row.attempts += 1
            row.first_sent_at = row.first_sent_at or now
            return (
                Parcel(
                    row.id, row.event, row.payload, row.audience, row.incident_id, row.practice_id, row.dedupe_key,
                    row.attempts, row.first_sent_at,
                ),
                lease,
            )  # fmt: skip

    def _outcome(self, parcel: Parcel) -> Outcome:
        try:
            outcome = self.deliver(parcel)
        except Exception as error:  # a mistake in one message holds up its lane for a while, and never the loop
            log.exception("message could not be made", id=parcel.id)
            reason = f"Ratchet failed on this message: {type(error).__name__}: {error}"
            if parcel.attempts >= backoff.MOST_CRASHES:
                return Dead(reason)
            return Later(reason)
        if isinstance(outcome, Later) and not outcome.is_patient and backoff.is_hopeless(parcel.attempts):
            return Dead(f"Given up after {parcel.attempts} attempts. {outcome.reason}", thread=outcome.thread)
        return outcome

    def _settle(self, parcel: Parcel, lease: str, outcome: Outcome) -> bool:
        now = self.clock()
        settled = (
            update(OutboxMessage)
            .where(OutboxMessage.id == parcel.id, OutboxMessage.lease == lease, OutboxMessage.state == LEASED)
            .values(lease=None, **_became(parcel, outcome, now))
            .execution_options(synchronize_session=False)
            .returning(OutboxMessage.id)
        )
        with self.sessions() as session, session.begin():
            if session.scalar(settled) is None:
                return False
            thread = None if isinstance(outcome, Kept) else outcome.thread
            if thread is not None:
                _remember(session, thread)
        return True


def _due(now: datetime) -> Select[OutboxMessage]:
    """The oldest message that is due and has nothing before it in its lane; rows locked by another are passed over."""
    earlier = aliased(OutboxMessage)
    waits = exists().where(
        earlier.lane == OutboxMessage.lane, earlier.id < OutboxMessage.id, earlier.state.in_(UNSETTLED)
    )
    return (
        select(OutboxMessage)
        .where(OutboxMessage.state.in_(UNSETTLED), OutboxMessage.next_at <= now, ~waits)
        .order_by(OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=OutboxMessage)
        .execution_options(populate_existing=True)
    )


def _became(parcel: Parcel, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The columns after this outcome."""
    if isinstance(outcome, Later):
        wait = outcome.after_seconds
        if wait is None:
            wait = backoff.seconds(parcel.attempts, parcel.dedupe_key)
        return {"state": PENDING, "next_at": now + timedelta(seconds=wait), "last_error": _reason(outcome.reason)}
    state = {Delivered: DELIVERED, Dead: DEAD, Kept: KEPT}[type(outcome)]
    values: dict[str, Any] = {"state": state, "settled_at": now, "next_at": now, "last_error": ""}
    if isinstance(outcome, Dead):
        values["last_error"] = _reason(outcome.reason)
    if outcome.rendered is not None:
        values["rendered"] = dict(outcome.rendered)
    return values


def _reason(text: str) -> str:
    return text.replace("\x00", "")[:REASON_MAX]  # PostgreSQL keeps no NUL


def _remember(session: Session, thread: ThreadRef) -> None:
    """The card's place; a card that was posted anew replaces the one that was deleted."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(SlackThread)
        .values(incident_id=thread.incident_id, destination=thread.destination, channel=thread.channel, ts=thread.ts)
        .on_conflict_do_update(
            index_elements=["incident_id", "destination"], set_={"channel": thread.channel, "ts": thread.ts}
        )
    )
