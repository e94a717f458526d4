"""Stage 5: the failure pattern behind one incident, and what follows from it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Edited, Id


class Pattern(Base):
    """A kind of failure that several incidents share."""

    __tablename__ = "pattern"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    area: Mapped[str | None]


class Analysis(Edited, Base):
    """One per incident."""

    __tablename__ = "analysis"
    __table_args__ = (CheckConstraint("decision in ('new','known','none')", name="decision"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True)
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("pattern.id"), index=True)
    decision: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
