"""Stage 3: the postmortem of one incident."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Edited, Id


class Review(Edited, Base):
    """One per incident. `body` is Markdown: everything that has no section of its own."""

    __tablename__ = "review"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True)
    facilitator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    summary: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    went_well: Mapped[str] = mapped_column(default="")
    went_badly: Mapped[str] = mapped_column(default="")
    got_lucky: Mapped[str] = mapped_column(default="")
    lessons: Mapped[str] = mapped_column(default="")


class TimelineEntry(Base):
    __tablename__ = "timeline_entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    text: Mapped[str]


class ContributingFactor(Base):
    """What made it possible; never a person. `area` is one of five."""

    __tablename__ = "contributing_factor"
    __table_args__ = (
        CheckConstraint("area in ('dependency','scale','variance','change','organization')", name="area"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), index=True)
    area: Mapped[str]
    text: Mapped[str]
