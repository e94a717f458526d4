"""People and teams."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Edited, Id

membership = Table(
    "membership",
    Base.metadata,
    Column("team_id", ForeignKey("team.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Team(Edited, Base):
    """`entity_ref` is its name in the catalogue that it came from; None: made by hand. Between `quiet_from` and
    `quiet_until` ("22:00", in `time_zone`) its channel hears only of what cannot wait."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    slack_channel: Mapped[str] = mapped_column(default="")
    entity_ref: Mapped[str | None] = mapped_column(unique=True)
    is_retired: Mapped[bool] = mapped_column(default=False)
    time_zone: Mapped[str] = mapped_column(default="UTC")
    quiet_from: Mapped[str] = mapped_column(default="")
    quiet_until: Mapped[str] = mapped_column(default="")


class Person(Edited, Base):
    """Someone who may sign in, if `password_hash` is set and `is_active`. People are never deleted: Moves name them."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    time_zone: Mapped[str] = mapped_column(default="UTC")
    slack_user_id: Mapped[str | None] = mapped_column(unique=True)
    quiet_from: Mapped[str] = mapped_column(default="")
    quiet_until: Mapped[str] = mapped_column(default="")
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to end every session of this person
    created_at: Mapped[datetime]

    teams: Mapped[list[Team]] = relationship(secondary=membership, lazy="raise")
