"""Run by Alembic for app.migrate, which opens the transaction and hands over its connection."""

from __future__ import annotations

from typing import Any

from alembic import context

from app.models import Base
from app.models.base import Instant

connection = context.config.attributes["connection"]
if connection is None:
    raise RuntimeError("Migrations run through app.migrate: upgrade(engine), downgrade(engine, revision).")


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """A migration is history: it names the types that it uses itself, not those that app.models has by now."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
