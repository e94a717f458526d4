"""Teams that may own something: those that are in use, and the one that owns it already."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.person import Team


def choices(session: Session, keep: int | None = None) -> list[tuple[str, str]]:
    """Teams for a select, with "no team" first. `keep` stays choosable although it is retired."""
    rows = session.execute(
        select(Team.id, Team.title, Team.is_retired)
        .where(~Team.is_retired | (Team.id == keep))
        .order_by(func.lower(Team.title), Team.id)
    )
    return [("", "No team"), *((str(key), f"{title} (retired)" if retired else title) for key, title, retired in rows)]
