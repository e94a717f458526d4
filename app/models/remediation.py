"""Stage 4: action items with one owner and one due date each."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Edited, Id


class Remediation(Edited, Base):
    """One per incident: what holds for the stage as a whole."""

    __tablename__ = "remediation"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True)
    none_needed_because: Mapped[str] = mapped_column(default="")


class ActionItem(Edited, Base):
    __tablename__ = "action_item"
    __table_args__ = (
        CheckConstraint("priority in ('must','should','could')", name="priority"),
        CheckConstraint("kind in ('detect','mitigate','prevent','process')", name="kind"),
        CheckConstraint("state in ('open','done','verified','dropped')", name="state"),
        Index("ix_action_item_owner_id_state", "owner_id", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    priority: Mapped[str]
    kind: Mapped[str]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="open")
    why: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    @property
    def name(self) -> str:
        return f"ACT-{self.number}"
