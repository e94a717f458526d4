"""the instants of standings are numbers of microseconds where the database has no type for them (SQLite)

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = {"standing": ("since", "due_at"), "past_standing": ("until", "since"), "tally": ("next_due_at",)}
NUMBER = "cast(strftime('%s', substr({0}, 1, 19)) as integer) * 1000000 + cast(substr({0}, 21, 6) as integer)"
WORDS = "strftime('%Y-%m-%d %H:%M:%S', {0} / 1000000, 'unixepoch') || printf('.%06d', {0} % 1000000)"


def upgrade() -> None:
    keep_as(NUMBER, sa.BigInteger(), sa.DateTime(timezone=True))


def downgrade() -> None:
    keep_as(WORDS, sa.DateTime(timezone=True), sa.BigInteger())


def keep_as(expression: str, kind: sa.types.TypeEngine[object], before: sa.types.TypeEngine[object]) -> None:
    """PostgreSQL has a type for instants, and nothing changes there."""
    if op.get_context().dialect.name != "sqlite":
        return
    for table, columns in COLUMNS.items():
        is_number = isinstance(kind, sa.BigInteger)
        if is_number:
            _turn(table, columns, expression)
        with op.batch_alter_table(table, table_kwargs={"sqlite_with_rowid": table == "tally"}) as batch:
            for column in columns:
                batch.alter_column(column, type_=kind, existing_type=before)
        if not is_number:
            _turn(table, columns, expression)


def _turn(table: str, columns: tuple[str, ...], expression: str) -> None:
    changes = ", ".join(f"{each} = {expression.format(each)}" for each in columns)
    op.execute(f"update {table} set {changes}")  # noqa: S608 - our own names
