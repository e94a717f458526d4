"""Slack is heard: requests and their receipts, installations, quiet hours of people and teams

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models.base import Id, Instant, Json

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

QUIET = ("quiet_from", "quiet_until")


def upgrade() -> None:
    op.create_table(
        "slack_request",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("received_at", Instant(timezone=True), nullable=False),
        sa.Column("next_at", Instant(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", Instant(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slack_request"),
        sa.UniqueConstraint("key", name="uq_slack_request_key"),
    )
    op.create_index("ix_slack_request_done_at_next_at", "slack_request", ["done_at", "next_at"])
    op.create_table(
        "slack_receipt",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_slack_receipt"),
    )
    op.create_index("ix_slack_receipt_at", "slack_receipt", ["at"])
    op.create_table(
        "slack_installation",
        sa.Column("id", Id, nullable=False),
        sa.Column("enterprise_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("installed_at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_slack_installation"),
        sa.UniqueConstraint("enterprise_id", "team_id", name="uq_slack_installation_enterprise_id_team_id"),
    )
    op.create_table(
        "slack_state",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expires_at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state", name="pk_slack_state"),
    )
    for table, names in (("person", QUIET), ("team", ("time_zone", *QUIET))):
        with op.batch_alter_table(table) as batch:
            for name in names:
                default = "UTC" if name == "time_zone" else ""
                batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=default))
    op.execute("update team set time_zone = 'UTC'")


def downgrade() -> None:
    for table, names in (("team", (*QUIET, "time_zone")), ("person", QUIET)):
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
    for table in ("slack_state", "slack_installation", "slack_receipt", "slack_request"):
        op.drop_table(table)
