"""A request from Slack changes something once, however often it is tried: the receipt is part of the same change."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.errors import RatchetError
from app.models.slack import SlackReceipt
from app.workflow.unit_of_work import Work

KEPT = timedelta(days=7)


class AlreadyDone(RatchetError):
    """This very request has changed what it was to change."""


def take(work: Work, key: str, *, now: datetime) -> None:
    """AlreadyDone: somebody has the receipt. Whoever is about to commit it is waited for."""
    insert = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(SlackReceipt).values(key=key, at=now).on_conflict_do_nothing().returning(SlackReceipt.key)
    if work.session.execute(row).scalar() is None:
        raise AlreadyDone("This was done already.")


def forget(work: Work, *, now: datetime) -> None:
    """Receipts of what Slack will not send again."""
    work.session.execute(delete(SlackReceipt).where(SlackReceipt.at < now - KEPT))
