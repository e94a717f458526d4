"""Moves: one recorded change of a lifecycle. Append-only: triggers of the database hold us to it (see migrations)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, insert, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.models.base import Base, Id

_LEFT_OUT = text("verb in ('skip', 'leave_out')")


class Move(Base):
    """Who, when, from, to, why; of an incident or of a practice. `verb` is the step that a person would say."""

    __tablename__ = "move"
    __table_args__ = (
        CheckConstraint("(incident_id is null) <> (practice_id is null)", name="one_subject"),
        Index("ix_move_incident_id_id", "incident_id", "id"),
        Index("ix_move_practice_id_id", "practice_id", "id"),
        Index("ix_move_at", "at"),  # a weekly report asks what happened since an instant
        # The board asks of fifty incidents which of them left a stage out: hardly any did.
        Index("ix_move_left_out", "incident_id", postgresql_where=_LEFT_OUT, sqlite_where=_LEFT_OUT),
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


def add_move(session: Session, **values: Any) -> int:
    """Write a Move and give its id. What else the session holds is written first: a Move tells of what is stored."""
    session.flush()
    move_id: int = session.execute(_INSERT.values(values)).scalar_one()
    return move_id


_TABLE: Any = Move.__table__
_INSERT: Any = insert(_TABLE).returning(_TABLE.c.id)  # no object is needed of what is never changed again
