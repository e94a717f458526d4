"""Stage 2: when it happened, whom it hurt, how it ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Edited


class Resolution(Edited, Base):
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
