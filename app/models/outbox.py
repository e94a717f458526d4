"""Messages to carry, written in the same transaction as the change that they tell of; and where they have gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id, Json

PENDING, LEASED, DELIVERED, DEAD, KEPT = "pending", "leased", "delivered", "dead", "kept"
STATES = (PENDING, LEASED, DELIVERED, DEAD, KEPT)  # kept: there is no Slack token; nothing was sent, nothing is lost


class OutboxMessage(Base):
    """A fact to tell one audience. `lane` orders what must arrive in order; `dedupe_key` is event:move:audience."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_state_next_at", "state", "next_at"),
        Index("ix_outbox_message_lane_id", "lane", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    event: Mapped[str]
    event_version: Mapped[int] = mapped_column(default=1)
    payload: Mapped[dict[str, Any]]
    audience: Mapped[str]
    lane: Mapped[str]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practice.id"), index=True)
    state: Mapped[str] = mapped_column(default=PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    first_sent_at: Mapped[datetime | None]
    lease: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    rendered: Mapped[Any | None] = mapped_column(Json)


class SlackThread(Base):
    """Where the first message about an incident stands in one destination: the card, and the root of its thread."""

    __tablename__ = "slack_thread"
    __table_args__ = (UniqueConstraint("incident_id", "destination"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    destination: Mapped[str]
    channel: Mapped[str]
    ts: Mapped[str]
