"""Services from the catalogue, what they depend on, and the facts that they report about themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from app.models.base import Base, Edited, Id, Json
from app.models.person import Team

KINDS = ("stateless", "stateful")

service_dependency = Table(
    "service_dependency",
    Base.metadata,
    Column("service_id", ForeignKey("service.id", ondelete="CASCADE"), primary_key=True),
    Column("depends_on_id", ForeignKey("service.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Service(Edited, Base):
    """Tier 1 is the most important. `is_retired` services keep their history but no longer count. `entity_ref` is its
    name in the catalogue that it came from (component:default/cart), `origin` the file; None: made by hand."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("tier between 1 and 4", name="tier"),
        Index("ix_service_is_retired_team_id_tier_name", "is_retired", "team_id", "tier", "name"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    tier: Mapped[int] = mapped_column(default=3)
    kind: Mapped[str] = mapped_column(default="stateless")
    is_retired: Mapped[bool] = mapped_column(default=False)
    system: Mapped[str] = mapped_column(default="")
    type: Mapped[str] = mapped_column(default="")
    lifecycle: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[str]] = mapped_column(default=list)
    entity_ref: Mapped[str | None] = mapped_column(unique=True)
    origin: Mapped[str] = mapped_column(default="")

    team: Mapped[Team | None] = relationship(lazy="raise")


class Fact(Base):
    """The latest value that a service reported for one key; `value` is any JSON value."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("service_id", "key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    key: Mapped[str]
    value: Mapped[Any] = mapped_column(Json)
    source: Mapped[str]
    at: Mapped[datetime]


def keep_facts(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the values that services report now over those that they reported before, in one statement."""
    if not rows:
        return
    table: Any = Fact.__table__
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = insert(table)
    over = {name: new.excluded[name] for name in ("value", "source", "at")}
    statement = new.on_conflict_do_update(index_elements=["service_id", "key"], set_=over)
    session.execute(statement, [dict(row) for row in rows])
