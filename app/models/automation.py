"""Stage 7: how a machine decides whether a service follows a practice, and what it saw."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Edited, Id


class Check(Edited, Base):
    """`expression` is CEL over `facts` for kind facts; for kind attested the question to a person; for the others
    the name of the test, or the title of the experiment."""

    __tablename__ = "practice_check"
    __table_args__ = (
        CheckConstraint("kind in ('facts','reported','experiment','attested')", name="kind"),
        CheckConstraint("state in ('dry_run','active','off')", name="state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), index=True)
    kind: Mapped[str]
    expression: Mapped[str]
    because: Mapped[str] = mapped_column(default="")
    freshness_days: Mapped[int] = mapped_column(default=30)
    state: Mapped[str] = mapped_column(default="dry_run")


class Evidence(Base):
    """One result of one check for one service: `at` is when it was seen, `received_at` when Ratchet was told. The one
    that was seen last counts. Checks of kind facts have none: the facts are their evidence."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("result in ('pass','fail','error','not_applicable')", name="result"),
        Index("ix_evidence_check_id_service_id_at_id", "check_id", "service_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("practice_check.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    result: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    received_at: Mapped[datetime]
