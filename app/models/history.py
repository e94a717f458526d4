"""Moves: one recorded change of a lifecycle. Append-only, which triggers of the database hold us to (see migrations)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id


class Move(Base):
    """Who, when, from, to, why; of an incident or of a practice. `verb` is the step that a person would say."""

    __tablename__ = "move"
    __table_args__ = (
        CheckConstraint("(incident_id is null) <> (practice_id is null)", name="one_subject"),
        Index("ix_move_incident_id_id", "incident_id", "id"),
        Index("ix_move_practice_id_id", "practice_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    practice_id: Mapped[int | None] = mapped_column(ForeignKey("practice.id"))
    verb: Mapped[str]
    from_stage: Mapped[str | None]
    from_state: Mapped[str | None]
    to_stage: Mapped[str]
    to_state: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
