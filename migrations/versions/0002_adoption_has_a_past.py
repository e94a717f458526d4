"""adoption has a past: standings with what time will make of them, exemptions that are asked for, slips, campaigns;
services as catalogues describe them; more kinds of checks; tokens of the API

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models.base import Id, Instant, Json

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Column, ForeignKey, PrimaryKey = sa.Column, sa.ForeignKeyConstraint, sa.PrimaryKeyConstraint
Check, Unique = sa.CheckConstraint, sa.UniqueConstraint
ROLES = "role in ('viewer','responder','owner','administrator')"
CHECKED = ("facts", "attested")
OPEN, RUNNING = sa.text("state in ('asked', 'granted')"), sa.text("state = 'running'")
NOT_TOLD = sa.text("told_at is null and recovered_at is null")


def upgrade() -> None:
    catalogue()
    practices()
    checks()
    standings()
    exemptions()
    new_tables()


def catalogue() -> None:
    with op.batch_alter_table("team") as table:
        table.add_column(Column("entity_ref", sa.String(), nullable=True))
        table.add_column(Column("is_retired", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_unique_constraint("uq_team_entity_ref", ["entity_ref"])
    with op.batch_alter_table("service") as table:
        for name in ("system", "type", "lifecycle", "origin"):
            table.add_column(Column(name, sa.String(), nullable=False, server_default=""))
        table.add_column(Column("tags", Json, nullable=False, server_default="[]"))
        table.add_column(Column("entity_ref", sa.String(), nullable=True))
        table.create_unique_constraint("uq_service_entity_ref", ["entity_ref"])
    op.create_index("ix_service_is_retired_team_id_tier_name", "service", ["is_retired", "team_id", "tier", "name"])


def practices() -> None:
    with op.batch_alter_table("practice") as table:
        table.add_column(Column("combine", sa.String(), nullable=False, server_default="all"))
        table.add_column(Column("review_on", sa.Date(), nullable=True))
        table.add_column(Column("starter_key", sa.String(), nullable=True))
        table.add_column(Column("questioned_at", Instant(timezone=True), nullable=True))
        table.add_column(Column("questioned_because", sa.String(), nullable=False, server_default=""))
        table.create_unique_constraint("uq_practice_starter_key", ["starter_key"])
        table.create_check_constraint(op.f("ck_practice_combine"), "combine in ('all','any')")
    op.create_table(
        "practice_version",
        Column("practice_id", Id, nullable=False),
        Column("version", sa.Integer(), nullable=False),
        Column("said", Json, nullable=False),
        Column("by_id", Id, nullable=True),
        Column("at", Instant(timezone=True), nullable=False),
        PrimaryKey("practice_id", "version", name="pk_practice_version"),
        ForeignKey(["practice_id"], ["practice.id"], name="fk_practice_version_practice_id"),
        ForeignKey(["by_id"], ["person.id"], name="fk_practice_version_by_id"),
    )


def checks() -> None:
    with op.batch_alter_table("practice_check") as table:
        table.drop_constraint(op.f("ck_practice_check_kind"), type_="check")
        table.create_check_constraint(
            op.f("ck_practice_check_kind"), "kind in ('facts','reported','experiment','attested')"
        )
    op.drop_index("ix_evidence_service_id_check_id_id", "evidence")
    op.drop_index("ix_evidence_check_id_service_id_id", "evidence")
    with op.batch_alter_table("evidence") as table:
        table.add_column(Column("link", sa.String(), nullable=False, server_default=""))
        table.add_column(Column("source", sa.String(), nullable=False, server_default=""))
        table.add_column(Column("received_at", Instant(timezone=True), nullable=True))
    op.execute("update evidence set received_at = at")
    with op.batch_alter_table("evidence") as table:
        table.alter_column("received_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_index("ix_evidence_check_id_service_id_at_id", "evidence", ["check_id", "service_id", "at", "id"])


def standings() -> None:
    op.execute("delete from standing where standing = 'not_applicable'")  # that is what no row means from now on
    op.drop_index("ix_standing_service_id", "standing")
    with op.batch_alter_table("standing", table_kwargs={"sqlite_with_rowid": False}) as table:
        table.add_column(Column("due_at", Instant(timezone=True), nullable=True))
        table.add_column(Column("due_standing", sa.String(), nullable=True))
        table.add_column(Column("later", Json, nullable=True))
        table.drop_constraint(op.f("ck_standing_standing"), type_="check")
        table.drop_constraint("fk_standing_practice_id", type_="foreignkey")
        table.drop_constraint("fk_standing_service_id", type_="foreignkey")
    op.create_table(
        "past_standing",
        Column("practice_id", Id, nullable=False),
        Column("service_id", Id, nullable=False),
        Column("until", Instant(timezone=True), nullable=False),
        Column("since", Instant(timezone=True), nullable=False),
        Column("standing", sa.String(), nullable=False),
        Column("message", sa.String(), nullable=False),
        PrimaryKey("practice_id", "service_id", "until", name="pk_past_standing"),
        Check("since < until", name=op.f("ck_past_standing_some_time")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_past_standing_until", "past_standing", ["until"])
    op.create_table(
        "tally",
        Column("practice_id", Id, nullable=False),
        *(
            Column(name, sa.Integer(), nullable=False)
            for name in ("adopted", "not_adopted", "unknown", "exempt")
        ),
        Column("next_due_at", Instant(timezone=True), nullable=True),
        PrimaryKey("practice_id", name="pk_tally"),
        ForeignKey(["practice_id"], ["practice.id"], name="fk_tally_practice_id"),
    )


def exemptions() -> None:
    with op.batch_alter_table("exemption") as table:
        table.drop_constraint("uq_exemption_practice_id_service_id", type_="unique")
        table.drop_constraint("fk_exemption_granted_by_id", type_="foreignkey")
        table.alter_column(
            "granted_by_id", new_column_name="decided_by_id", existing_type=Id, existing_nullable=False, nullable=True
        )
        table.alter_column("at", new_column_name="asked_at", existing_type=sa.DateTime(timezone=True))
        table.add_column(Column("state", sa.String(), nullable=False, server_default="granted"))
        table.add_column(Column("asked_by_id", Id, nullable=True))
        table.add_column(Column("decided_at", Instant(timezone=True), nullable=True))
        table.add_column(Column("answer", sa.String(), nullable=False, server_default=""))
        table.add_column(Column("ended_at", Instant(timezone=True), nullable=True))
        table.add_column(Column("warned_at", Instant(timezone=True), nullable=True))
        table.create_check_constraint(
            op.f("ck_exemption_state"), "state in ('asked','granted','declined','ended')"
        )
    with op.batch_alter_table("exemption") as table:
        table.create_foreign_key("fk_exemption_decided_by_id", "person", ["decided_by_id"], ["id"])
        table.create_foreign_key("fk_exemption_asked_by_id", "person", ["asked_by_id"], ["id"])
    op.execute("update exemption set decided_at = asked_at, asked_by_id = decided_by_id")
    op.create_index(
        "uq_exemption_open", "exemption", ["practice_id", "service_id", "state"], unique=True,
        postgresql_where=OPEN, sqlite_where=OPEN,
    )
    op.create_index("ix_exemption_state_expires_on", "exemption", ["state", "expires_on"])


def new_tables() -> None:
    op.create_table(
        "slip",
        Column("id", Id, nullable=False),
        Column("practice_id", Id, nullable=False),
        Column("service_id", Id, nullable=False),
        Column("team_id", Id, nullable=True),
        Column("was", sa.String(), nullable=False),
        Column("cause", sa.String(), nullable=False),
        Column("message", sa.String(), nullable=False),
        Column("at", Instant(timezone=True), nullable=False),
        Column("last_at", Instant(timezone=True), nullable=False),
        Column("times", sa.Integer(), nullable=False),
        Column("recovered_at", Instant(timezone=True), nullable=True),
        Column("told_at", Instant(timezone=True), nullable=True),
        PrimaryKey("id", name="pk_slip"),
        ForeignKey(["practice_id"], ["practice.id"], name="fk_slip_practice_id"),
        ForeignKey(["service_id"], ["service.id"], name="fk_slip_service_id"),
        ForeignKey(["team_id"], ["team.id"], name="fk_slip_team_id"),
    )
    op.create_index("ix_slip_practice_id_service_id_at", "slip", ["practice_id", "service_id", "at"])
    op.create_index("ix_slip_not_told", "slip", ["team_id"], postgresql_where=NOT_TOLD, sqlite_where=NOT_TOLD)
    op.create_index("ix_slip_at", "slip", ["at"])
    op.create_table(
        "campaign",
        Column("id", Id, nullable=False),
        Column("practice_id", Id, nullable=False),
        Column("why", sa.String(), nullable=False),
        Column("target_percent", sa.Integer(), nullable=False),
        Column("starts_on", sa.Date(), nullable=False),
        Column("ends_on", sa.Date(), nullable=False),
        Column("owner_id", Id, nullable=False),
        Column("state", sa.String(), nullable=False),
        Column("started_at", Instant(timezone=True), nullable=False),
        Column("closed_at", Instant(timezone=True), nullable=True),
        Column("closed_because", sa.String(), nullable=False),
        Column("edited_by_id", Id, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("id", name="pk_campaign"),
        ForeignKey(["practice_id"], ["practice.id"], name="fk_campaign_practice_id"),
        ForeignKey(["owner_id"], ["person.id"], name="fk_campaign_owner_id"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_campaign_edited_by_id"),
        Check("state in ('running','reached','missed','ended')", name=op.f("ck_campaign_state")),
        Check("target_percent between 1 and 100", name=op.f("ck_campaign_target_percent")),
    )
    op.create_index("ix_campaign_practice_id", "campaign", ["practice_id"])
    op.create_index(
        "uq_campaign_running", "campaign", ["practice_id"], unique=True,
        postgresql_where=RUNNING, sqlite_where=RUNNING,
    )
    op.create_table(
        "api_token",
        Column("id", Id, nullable=False),
        *(Column(name, sa.String(), nullable=False) for name in ("name", "hint", "digest")),
        Column("person_id", Id, nullable=False),
        Column("role", sa.String(), nullable=False),
        Column("created_by_id", Id, nullable=True),
        Column("created_at", Instant(timezone=True), nullable=False),
        Column("expires_on", sa.Date(), nullable=True),
        Column("last_used_at", Instant(timezone=True), nullable=True),
        Column("revoked_at", Instant(timezone=True), nullable=True),
        PrimaryKey("id", name="pk_api_token"),
        ForeignKey(["person_id"], ["person.id"], name="fk_api_token_person_id"),
        ForeignKey(["created_by_id"], ["person.id"], name="fk_api_token_created_by_id"),
        Unique("digest", name="uq_api_token_digest"),
        Check(ROLES, name=op.f("ck_api_token_role")),
    )
    op.create_index("ix_api_token_person_id", "api_token", ["person_id"])


def downgrade() -> None:
    """Evidence of kinds that the older version does not know is removed with its checks."""
    for table in ("api_token", "campaign", "slip", "tally", "past_standing", "practice_version"):
        op.drop_table(table)
    _standings_back()
    _exemptions_back()
    _checks_back()
    with op.batch_alter_table("practice") as table:
        table.drop_constraint(op.f("ck_practice_combine"), type_="check")
        table.drop_constraint("uq_practice_starter_key", type_="unique")
        for name in ("combine", "review_on", "starter_key", "questioned_at", "questioned_because"):
            table.drop_column(name)
    op.drop_index("ix_service_is_retired_team_id_tier_name", "service")
    with op.batch_alter_table("service") as table:
        table.drop_constraint("uq_service_entity_ref", type_="unique")
        for name in ("system", "type", "lifecycle", "origin", "tags", "entity_ref"):
            table.drop_column(name)
    with op.batch_alter_table("team") as table:
        table.drop_constraint("uq_team_entity_ref", type_="unique")
        for name in ("entity_ref", "is_retired"):
            table.drop_column(name)


def _standings_back() -> None:
    with op.batch_alter_table("standing", table_kwargs={"sqlite_with_rowid": True}) as table:
        for name in ("due_at", "due_standing", "later"):
            table.drop_column(name)
    with op.batch_alter_table("standing") as table:
        table.create_check_constraint(
            op.f("ck_standing_standing"),
            "standing in ('adopted','not_adopted','unknown','exempt','not_applicable')",
        )
        table.create_foreign_key("fk_standing_practice_id", "practice", ["practice_id"], ["id"])
        table.create_foreign_key("fk_standing_service_id", "service", ["service_id"], ["id"])
    op.create_index("ix_standing_service_id", "standing", ["service_id"])


def _exemptions_back() -> None:
    op.drop_index("uq_exemption_open", "exemption")
    op.drop_index("ix_exemption_state_expires_on", "exemption")
    op.execute("delete from exemption where state <> 'granted' or decided_by_id is null")
    with op.batch_alter_table("exemption") as table:
        table.drop_constraint(op.f("ck_exemption_state"), type_="check")
        table.drop_constraint("fk_exemption_asked_by_id", type_="foreignkey")
        table.drop_constraint("fk_exemption_decided_by_id", type_="foreignkey")
        for name in ("state", "asked_by_id", "decided_at", "answer", "ended_at", "warned_at"):
            table.drop_column(name)
        table.alter_column("decided_by_id", new_column_name="granted_by_id", existing_type=Id, nullable=False)
        table.alter_column("asked_at", new_column_name="at", existing_type=sa.DateTime(timezone=True))
    with op.batch_alter_table("exemption") as table:
        table.create_foreign_key("fk_exemption_granted_by_id", "person", ["granted_by_id"], ["id"])
        table.create_unique_constraint("uq_exemption_practice_id_service_id", ["practice_id", "service_id"])


def _checks_back() -> None:
    gone = f"select id from practice_check where kind not in {CHECKED}"
    op.execute(f"delete from evidence where check_id in ({gone})")
    op.execute(f"delete from practice_check where kind not in {CHECKED}")
    with op.batch_alter_table("practice_check") as table:
        table.drop_constraint(op.f("ck_practice_check_kind"), type_="check")
        table.create_check_constraint(op.f("ck_practice_check_kind"), f"kind in {CHECKED}")
    op.drop_index("ix_evidence_check_id_service_id_at_id", "evidence")
    with op.batch_alter_table("evidence") as table:
        for name in ("link", "source", "received_at"):
            table.drop_column(name)
    op.create_index("ix_evidence_service_id_check_id_id", "evidence", ["service_id", "check_id", "id"])
    op.create_index("ix_evidence_check_id_service_id_id", "evidence", ["check_id", "service_id", "id"])
