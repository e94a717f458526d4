"""Stage 8: where each service stands on each practice, now and in the past; exemptions, slips, campaigns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, CompactInstant, Edited, Id, Json

_OPEN = text("state in ('asked', 'granted')")
_RUNNING = text("state = 'running'")
_NOT_TOLD = text("told_at is null and recovered_at is null")


class Standing(Base):
    """One cell of the matrix, and since when. Computed from evidence; nobody types it. A practice that is measured does
    not apply to the services that have no row.

    What time alone will make of it is known beforehand: at `due_at` it becomes `due_standing`, and after that what
    `later` says, a list of [instant in ISO format, standing]. So the standing at any instant is a matter of reading.
    """

    __tablename__ = "standing"
    # No index by service, no foreign keys, no check of the words: with millions of cells each of these costs as much as
    # everything else about them (docs/decisions/0008). Practices and services are retired, never deleted.
    __table_args__ = ({"sqlite_with_rowid": False},)

    practice_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    service_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    standing: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime] = mapped_column(CompactInstant)
    due_at: Mapped[datetime | None] = mapped_column(CompactInstant)
    due_standing: Mapped[str | None]
    later: Mapped[Any | None] = mapped_column(Json)


class PastStanding(Base):
    """Where a service stood from `since` until just before `until`. Written when a standing changes, never altered."""

    __tablename__ = "past_standing"
    __table_args__ = (
        CheckConstraint("since < until", name="some_time"),
        Index("ix_past_standing_until", "until"),
        {"sqlite_with_rowid": False},
    )

    practice_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    service_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    until: Mapped[datetime] = mapped_column(CompactInstant, primary_key=True)
    since: Mapped[datetime] = mapped_column(CompactInstant)
    standing: Mapped[str]
    message: Mapped[str] = mapped_column(default="")


class Tally(Base):
    """How many services stand where on one practice: kept with every change, so that nobody counts two million cells.
    `next_due_at`: no cell changes by time alone before that."""

    __tablename__ = "tally"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    adopted: Mapped[int] = mapped_column(default=0)
    not_adopted: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    exempt: Mapped[int] = mapped_column(default=0)
    next_due_at: Mapped[datetime | None] = mapped_column(CompactInstant)


class Exemption(Base):
    """A service is excused from a practice: asked for by its team, granted by the practice's owner, until a day."""

    __tablename__ = "exemption"
    __table_args__ = (
        CheckConstraint("state in ('asked','granted','declined','ended')", name="state"),
        Index("uq_exemption_open", "practice_id", "service_id", "state", unique=True,
              postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_exemption_state_expires_on", "state", "expires_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    state: Mapped[str]
    reason: Mapped[str]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    expires_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]


class Slip(Base):
    """One service lost its adoption of one practice. Lost again within a day, it is the same slip once more."""

    __tablename__ = "slip"
    __table_args__ = (
        Index("ix_slip_practice_id_service_id_at", "practice_id", "service_id", "at"),
        Index("ix_slip_not_told", "team_id", postgresql_where=_NOT_TOLD, sqlite_where=_NOT_TOLD),
        Index("ix_slip_at", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    was: Mapped[str]
    cause: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(default=1)
    recovered_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class Campaign(Edited, Base):
    """A practice's push to a target by a day. One at a time for each practice."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("state in ('running','reached','missed','ended')", name="state"),
        CheckConstraint("target_percent between 1 and 100", name="target_percent"),
        Index("uq_campaign_running", "practice_id", unique=True, postgresql_where=_RUNNING, sqlite_where=_RUNNING),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), index=True)
    why: Mapped[str]
    target_percent: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    started_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str] = mapped_column(default="")
