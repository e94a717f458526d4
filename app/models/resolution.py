"""Stage 2: when it happened, whom it hurt, how it ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Resolution(Base):
    """One per incident. `customer_minutes` is customers × minutes; None means that nobody knows, which is not zero."""

    __tablename__ = "resolution"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True)
    started_at: Mapped[datetime | None]
    detected_at: Mapped[datetime | None]
    mitigated_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    impact: Mapped[str] = mapped_column(default="")
    customer_minutes: Mapped[int | None]
    how_resolved: Mapped[str] = mapped_column(default="")
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - read once
