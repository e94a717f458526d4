"""Stage 8: the current standing of each service on each practice, and who is excused."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id


class Standing(Base):
    """One cell of the matrix, and since when. Computed from evidence; nobody types it."""

    __tablename__ = "standing"
    __table_args__ = (
        CheckConstraint("standing in ('adopted','not_adopted','unknown','exempt','not_applicable')", name="standing"),
        Index("ix_standing_service_id", "service_id"),
    )

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    standing: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime]


class Exemption(Base):
    """A service is excused from a practice by a named person, with a reason, until a day."""

    __tablename__ = "exemption"
    __table_args__ = (UniqueConstraint("practice_id", "service_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    reason: Mapped[str]
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    expires_on: Mapped[date]
    at: Mapped[datetime]
