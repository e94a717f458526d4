"""Stage 6: the rule learned. It belongs to no incident; every incident linked to it moves along with it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Edited, Id

incident_practice = Table(
    "incident_practice",
    Base.metadata,
    Column("incident_id", ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    Column("practice_id", ForeignKey("practice.id"), primary_key=True, index=True),
)


class Practice(Edited, Base):
    """`selector` is a CEL expression over `service`: the services that the rule applies to."""

    __tablename__ = "practice"
    __table_args__ = (
        CheckConstraint("state in ('proposed','accepted','automated','adopted','slipped','retired')", name="state"),
        CheckConstraint("target_percent between 1 and 100", name="target_percent"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    statement: Mapped[str]
    why: Mapped[str]
    area: Mapped[str]
    level: Mapped[str] = mapped_column(default="must")
    selector: Mapped[str]
    target_percent: Mapped[int] = mapped_column(default=100)
    target_on: Mapped[date | None]
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("pattern.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    state_since: Mapped[datetime]

    @property
    def name(self) -> str:
        return f"BP-{self.number}"
