"""Stage 1: one outage or near miss."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, bindparam, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from app.domain.lifecycle import Position
from app.models.base import Base, Edited, Id
from app.models.catalog import Service
from app.models.person import Person

_OPEN = text("state in ('active', 'blocked')")

incident_service = Table(
    "incident_service",
    Base.metadata,
    Column("incident_id", ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    Column("service_id", ForeignKey("service.id"), primary_key=True, index=True),
)

incident_reader = Table(
    "incident_reader",
    Base.metadata,
    Column("incident_id", ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True, index=True),
)


class Incident(Edited, Base):
    """`number` is what people say (INC-42). `version` counts saves of the stage-1 form."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("severity in ('SEV1','SEV2','SEV3','SEV4')", name="severity"),
        CheckConstraint("state in ('active','blocked','done','skipped')", name="state"),
        # The board: newest first, or only the few that are open; and its counts, read on an index alone.
        Index("ix_incident_declared_at_id", "declared_at", "id"),
        Index("ix_incident_open", "stage", "declared_at", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_incident_is_private_state_stage", "is_private", "state", "stage"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    severity: Mapped[str | None]
    is_private: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str]
    state: Mapped[str]
    stage_entered_at: Mapped[datetime]
    declared_at: Mapped[datetime]
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    commander_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    labels: Mapped[list[str]] = mapped_column(default=list)
    external_ref: Mapped[str | None] = mapped_column(unique=True)
    imported: Mapped[dict[str, Any] | None]

    services: Mapped[list[Service]] = relationship(secondary=incident_service, lazy="raise", order_by=Service.name)
    readers: Mapped[list[Person]] = relationship(secondary=incident_reader, lazy="raise")
    commander: Mapped[Person | None] = relationship(foreign_keys=commander_id, lazy="raise")

    @property
    def name(self) -> str:
        return f"INC-{self.number}"

    @property
    def position(self) -> Position:
        return Position(self.stage, self.state)

    def move_to(self, session: Session, to: Position, *, at: datetime) -> None:
        """Stand somewhere else, since now if that is another stage. Written at once and as a bare statement: every step
        does this, and a flush of the whole session takes several times as long."""
        entered = at if to.stage != self.stage or to.is_closed != self.position.is_closed else self.stage_entered_at
        values = {"stage": to.stage, "state": to.state, "stage_entered_at": entered}
        session.execute(_UPDATE.values(values), {"incident_id": self.id})
        for name, value in values.items():
            set_committed_value(self, name, value)


_TABLE: Any = Incident.__table__
_UPDATE: Any = update(_TABLE).where(_TABLE.c.id == bindparam("incident_id"))
