"""Stage 6: the rule learned. It belongs to no incident; every incident linked to it moves along with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

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
    """`selector` is a CEL expression over `service`: the services that the rule applies to. `combine`: whether all of
    its checks must pass, or any. `questioned_at`: a service had adopted it, and it happened all the same."""

    __tablename__ = "practice"
    __table_args__ = (
        CheckConstraint("state in ('proposed','accepted','automated','adopted','slipped','retired')", name="state"),
        CheckConstraint("target_percent between 1 and 100", name="target_percent"),
        CheckConstraint("combine in ('all','any')", name="combine"),
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
    combine: Mapped[str] = mapped_column(default="all")
    review_on: Mapped[date | None]
    starter_key: Mapped[str | None] = mapped_column(unique=True)
    questioned_at: Mapped[datetime | None]
    questioned_because: Mapped[str] = mapped_column(default="")
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("pattern.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str]
    state_since: Mapped[datetime]

    @property
    def name(self) -> str:
        return f"BP-{self.number}"


class PracticeVersion(Base):
    """What a practice said from `at` on: written with every save of its form, never altered."""

    __tablename__ = "practice_version"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[dict[str, Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
