"""Weekly reports are kept: figures that nobody changes, their audiences, subscriptions; moves are found by their instant

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models.base import Id, Instant, Json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = "a report is never changed: correct it with a further revision"
TRIGGERS = {
    "sqlite": [
        f"create trigger report_no_{verb} before {verb} on report begin select raise(abort, '{APPEND_ONLY}'); end"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        f"""
        create function report_refuse() returns trigger language plpgsql as $$
        begin
            raise exception '{APPEND_ONLY}' using errcode = 'restrict_violation';
        end $$
        """,
        "create trigger report_no_change before update or delete on report"
        " for each row execute function report_refuse()",
        "create trigger report_no_truncate before truncate on report"
        " for each statement execute function report_refuse()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("id", Id, nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("as_of", Instant(timezone=True), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("by_id", Id, nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("changed", Json, nullable=False),
        sa.Column("shape", sa.Integer(), nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_report_by_id"),
        sa.UniqueConstraint("audience", "week", "revision", name="uq_report_audience_week_revision"),
    )
    op.create_table(
        "report_audience",
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("since", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("audience", name="pk_report_audience"),
    )
    op.create_table(
        "subscription",
        sa.Column("person_id", Id, nullable=False),
        sa.Column("about", Json, nullable=False),
        sa.Column("by_slack", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("edited_by_id", Id, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_subscription"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_subscription_person_id"),
        sa.ForeignKeyConstraint(["edited_by_id"], ["person.id"], name="fk_subscription_edited_by_id"),
    )
    op.create_index("ix_move_at", "move", ["at"])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_move_at", "move")
    for table in ("subscription", "report_audience", "report"):
        op.drop_table(table)  # its triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function report_refuse()")
