"""What Slack has asked of us, what was done about it, and the workspaces that have installed the app."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Id


class SlackRequest(Base):
    """Something that Slack was told we have (it waits three seconds for that) and that is still to be done: a command,
    a click, a form, an event. Kept in a database of its own on SQLite, where one writer makes all others wait
    (docs/decisions/0011). `key` is unique: what Slack or an impatient person sends again is the same request."""

    __tablename__ = "slack_request"
    __table_args__ = (Index("ix_slack_request_done_at_next_at", "done_at", "next_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    next_at: Mapped[datetime]  # whoever has taken it answers until then; after that somebody else takes it
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")


class SlackReceipt(Base):
    """A request has changed something: written in the same transaction, so that it never does so twice."""

    __tablename__ = "slack_receipt"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class SlackInstallation(Base):
    """The app in one workspace or organization. `sealed` is the installation with its tokens, encrypted."""

    __tablename__ = "slack_installation"
    __table_args__ = (UniqueConstraint("enterprise_id", "team_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(default="")
    team_id: Mapped[str] = mapped_column(default="")  # empty: the whole organization
    name: Mapped[str] = mapped_column(default="")
    sealed: Mapped[str]
    installed_at: Mapped[datetime]


class SlackState(Base):
    """An installation that somebody has begun in the browser; used once, until it expires."""

    __tablename__ = "slack_state"

    state: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
