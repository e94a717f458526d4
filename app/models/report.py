"""Weekly reports as they were made, who is to get one, and since when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Edited, Id


class Report(Base):
    """The figures of one week for one audience ("all", "team:3", "person:5"). Append-only: triggers hold us to
    it (see migrations). A correction is a further revision that says why and what it changed; the old one stays.

    `figures` is domain/report.Figures as JSON, in the shape of `shape`; `is_late`: made an hour after it was due, or
    later; `by_id` is who asked for a correction.
    """

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("audience", "week", "revision"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    audience: Mapped[str]
    week: Mapped[str]
    revision: Mapped[int]
    as_of: Mapped[datetime]
    zone: Mapped[str]
    made_at: Mapped[datetime]
    is_late: Mapped[bool]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(default="")
    changed: Mapped[list[str]] = mapped_column(default=list)
    shape: Mapped[int]
    figures: Mapped[dict[str, Any]]


class ReportAudience(Base):
    """Since when an audience is there: it gets the reports that become due after that, and none from before it."""

    __tablename__ = "report_audience"

    audience: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class Subscription(Edited, Base):
    """One person's own weekly report: about everyone ("all") or some teams ("team:3"), in Slack, by e-mail, or both."""

    __tablename__ = "subscription"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    about: Mapped[list[str]] = mapped_column(default=list)
    by_slack: Mapped[bool] = mapped_column(default=False)
    by_mail: Mapped[bool] = mapped_column(default=False)
