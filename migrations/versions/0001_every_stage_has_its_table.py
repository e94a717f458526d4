"""Every stage has its table; Moves can be added and read, never changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import CheckConstraint as Check
from sqlalchemy import Column
from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlalchemy import PrimaryKeyConstraint as PrimaryKey
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows by itself only in an INTEGER column
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(JSONB(), "postgresql")

APPEND_ONLY = "Moves are append-only: a recorded change is never altered or removed"

APPEND_ONLY_ON = {
    "sqlite": [
        f"create trigger move_no_{verb} before {verb} on move begin select raise(abort, '{APPEND_ONLY}'); end"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        f"""
        create function move_refuse() returns trigger language plpgsql as $$
        begin
            raise exception '{APPEND_ONLY}' using errcode = 'restrict_violation';
        end $$
        """,
        "create trigger move_no_change before update or delete on move for each row execute function move_refuse()",
        "create trigger move_no_truncate before truncate on move for each statement execute function move_refuse()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "person",
        Column("id", ID, nullable=False),
        Column("email", sa.String(), nullable=False),
        Column("name", sa.String(), nullable=False),
        Column("role", sa.String(), nullable=False),
        Column("password_hash", sa.String(), nullable=False),
        Column("is_active", sa.Boolean(), nullable=False),
        Column("time_zone", sa.String(), nullable=False),
        Column("slack_user_id", sa.String(), nullable=True),
        Column("session_epoch", sa.Integer(), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("edited_by_id", ID, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("id", name="pk_person"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_person_edited_by_id"),
        Unique("email", name="uq_person_email"),
        Unique("slack_user_id", name="uq_person_slack_user_id"),
    )
    op.create_table(
        "team",
        Column("id", ID, nullable=False),
        Column("name", sa.String(), nullable=False),
        Column("title", sa.String(), nullable=False),
        Column("slack_channel", sa.String(), nullable=False),
        Column("edited_by_id", ID, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("id", name="pk_team"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_team_edited_by_id"),
        Unique("name", name="uq_team_name"),
    )
    op.create_table(
        "membership",
        Column("team_id", ID, nullable=False),
        Column("person_id", ID, nullable=False),
        PrimaryKey("team_id", "person_id", name="pk_membership"),
        ForeignKey(["team_id"], ["team.id"], name="fk_membership_team_id", ondelete="CASCADE"),
        ForeignKey(["person_id"], ["person.id"], name="fk_membership_person_id", ondelete="CASCADE"),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"])
    op.create_table(
        "service",
        Column("id", ID, nullable=False),
        Column("name", sa.String(), nullable=False),
        Column("title", sa.String(), nullable=False),
        Column("description", sa.String(), nullable=False),
        Column("team_id", ID, nullable=True),
        Column("tier", sa.Integer(), nullable=False),
        Column("kind", sa.String(), nullable=False),
        Column("is_retired", sa.Boolean(), nullable=False),
        Column("edited_by_id", ID, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("id", name="pk_service"),
        ForeignKey(["team_id"], ["team.id"], name="fk_service_team_id"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_service_edited_by_id"),
        Unique("name", name="uq_service_name"),
        Check("tier between 1 and 4", name=op.f("ck_service_tier")),
    )
    op.create_index("ix_service_team_id", "service", ["team_id"])
    op.create_table(
        "service_dependency",
        Column("service_id", ID, nullable=False),
        Column("depends_on_id", ID, nullable=False),
        PrimaryKey("service_id", "depends_on_id", name="pk_service_dependency"),
        ForeignKey(["service_id"], ["service.id"], name="fk_service_dependency_service_id", ondelete="CASCADE"),
        ForeignKey(["depends_on_id"], ["service.id"], name="fk_service_dependency_depends_on_id", ondelete="CASCADE"),
    )
    op.create_index("ix_service_dependency_depends_on_id", "service_dependency", ["depends_on_id"])
    op.create_table(
        "fact",
        Column("id", ID, nullable=False),
        Column("service_id", ID, nullable=False),
        Column("key", sa.String(), nullable=False),
        Column("value", JSON, nullable=False),
        Column("source", sa.String(), nullable=False),
        Column("at", INSTANT, nullable=False),
        PrimaryKey("id", name="pk_fact"),
        ForeignKey(["service_id"], ["service.id"], name="fk_fact_service_id", ondelete="CASCADE"),
        Unique("service_id", "key", name="uq_fact_service_id_key"),
    )
    op.create_table(
        "counter",
        Column("name", sa.String(), nullable=False),
        Column("value", sa.Integer(), nullable=False),
        PrimaryKey("name", name="pk_counter"),
    )
    op.create_table(
        "incident",
        Column("id", ID, nullable=False),
        Column("number", sa.Integer(), nullable=False),
        Column("title", sa.String(), nullable=False),
        Column("description", sa.String(), nullable=False),
        Column("severity", sa.String(), nullable=True),
        Column("is_private", sa.Boolean(), nullable=False),
        Column("stage", sa.String(), nullable=False),
        Column("state", sa.String(), nullable=False),
        Column("stage_entered_at", INSTANT, nullable=False),
        Column("declared_at", INSTANT, nullable=False),
        Column("declared_by_id", ID, nullable=True),
        Column("commander_id", ID, nullable=True),
        Column("edited_by_id", ID, nullable=True),
        Column("labels", JSON, nullable=False),
        Column("external_ref", sa.String(), nullable=True),
        Column("imported", JSON, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("id", name="pk_incident"),
        ForeignKey(["declared_by_id"], ["person.id"], name="fk_incident_declared_by_id"),
        ForeignKey(["commander_id"], ["person.id"], name="fk_incident_commander_id"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_incident_edited_by_id"),
        Unique("external_ref", name="uq_incident_external_ref"),
        Unique("number", name="uq_incident_number"),
        Check("severity in ('SEV1','SEV2','SEV3','SEV4')", name=op.f("ck_incident_severity")),
        Check("state in ('active','blocked','done','skipped')", name=op.f("ck_incident_state")),
    )
    op.create_index("ix_incident_commander_id", "incident", ["commander_id"])
    op.create_index("ix_incident_declared_at_id", "incident", ["declared_at", "id"])
    op.create_index("ix_incident_is_private_state_stage", "incident", ["is_private", "state", "stage"])
    op.create_index(
        "ix_incident_open", "incident", ["stage", "declared_at", "id"],
        sqlite_where=sa.text("state in ('active', 'blocked')"),
        postgresql_where=sa.text("state in ('active', 'blocked')"),
    )
    op.create_table(
        "incident_service",
        Column("incident_id", ID, nullable=False),
        Column("service_id", ID, nullable=False),
        PrimaryKey("incident_id", "service_id", name="pk_incident_service"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_incident_service_incident_id", ondelete="CASCADE"),
        ForeignKey(["service_id"], ["service.id"], name="fk_incident_service_service_id"),
    )
    op.create_index("ix_incident_service_service_id", "incident_service", ["service_id"])
    op.create_table(
        "incident_reader",
        Column("incident_id", ID, nullable=False),
        Column("person_id", ID, nullable=False),
        PrimaryKey("incident_id", "person_id", name="pk_incident_reader"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_incident_reader_incident_id", ondelete="CASCADE"),
        ForeignKey(["person_id"], ["person.id"], name="fk_incident_reader_person_id"),
    )
    op.create_index("ix_incident_reader_person_id", "incident_reader", ["person_id"])
    op.create_table(
        "resolution",
        Column("incident_id", ID, nullable=False),
        Column("started_at", INSTANT, nullable=True),
        Column("detected_at", INSTANT, nullable=True),
        Column("mitigated_at", INSTANT, nullable=True),
        Column("resolved_at", INSTANT, nullable=True),
        Column("impact", sa.String(), nullable=False),
        Column("customer_minutes", sa.Integer(), nullable=True),
        Column("how_resolved", sa.String(), nullable=False),
        Column("edited_by_id", ID, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("incident_id", name="pk_resolution"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_resolution_incident_id", ondelete="CASCADE"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_resolution_edited_by_id"),
    )
    op.create_table(
        "review",
        Column("incident_id", ID, nullable=False),
        Column("facilitator_id", ID, nullable=True),
        Column("summary", sa.String(), nullable=False),
        Column("body", sa.String(), nullable=False),
        Column("went_well", sa.String(), nullable=False),
        Column("went_badly", sa.String(), nullable=False),
        Column("got_lucky", sa.String(), nullable=False),
        Column("lessons", sa.String(), nullable=False),
        Column("edited_by_id", ID, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("incident_id", name="pk_review"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_review_incident_id", ondelete="CASCADE"),
        ForeignKey(["facilitator_id"], ["person.id"], name="fk_review_facilitator_id"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_review_edited_by_id"),
    )
    op.create_index("ix_review_facilitator_id", "review", ["facilitator_id"])
    op.create_table(
        "timeline_entry",
        Column("id", ID, nullable=False),
        Column("incident_id", ID, nullable=False),
        Column("at", INSTANT, nullable=False),
        Column("text", sa.String(), nullable=False),
        PrimaryKey("id", name="pk_timeline_entry"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_timeline_entry_incident_id", ondelete="CASCADE"),
    )
    op.create_index("ix_timeline_entry_incident_id", "timeline_entry", ["incident_id"])
    op.create_table(
        "contributing_factor",
        Column("id", ID, nullable=False),
        Column("incident_id", ID, nullable=False),
        Column("area", sa.String(), nullable=False),
        Column("text", sa.String(), nullable=False),
        PrimaryKey("id", name="pk_contributing_factor"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_contributing_factor_incident_id", ondelete="CASCADE"),
        Check(
            "area in ('dependency','scale','variance','change','organization')",
            name=op.f("ck_contributing_factor_area"),
        ),
    )
    op.create_index("ix_contributing_factor_incident_id", "contributing_factor", ["incident_id"])
    op.create_table(
        "remediation",
        Column("incident_id", ID, nullable=False),
        Column("none_needed_because", sa.String(), nullable=False),
        Column("edited_by_id", ID, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("incident_id", name="pk_remediation"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_remediation_incident_id", ondelete="CASCADE"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_remediation_edited_by_id"),
    )
    op.create_table(
        "action_item",
        Column("id", ID, nullable=False),
        Column("number", sa.Integer(), nullable=False),
        Column("incident_id", ID, nullable=False),
        Column("title", sa.String(), nullable=False),
        Column("owner_id", ID, nullable=False),
        Column("priority", sa.String(), nullable=False),
        Column("kind", sa.String(), nullable=False),
        Column("due_on", sa.Date(), nullable=False),
        Column("state", sa.String(), nullable=False),
        Column("why", sa.String(), nullable=False),
        Column("done_at", INSTANT, nullable=True),
        Column("verified_by_id", ID, nullable=True),
        Column("edited_by_id", ID, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("id", name="pk_action_item"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_action_item_incident_id", ondelete="CASCADE"),
        ForeignKey(["owner_id"], ["person.id"], name="fk_action_item_owner_id"),
        ForeignKey(["verified_by_id"], ["person.id"], name="fk_action_item_verified_by_id"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_action_item_edited_by_id"),
        Unique("number", name="uq_action_item_number"),
        Check("kind in ('detect','mitigate','prevent','process')", name=op.f("ck_action_item_kind")),
        Check("priority in ('must','should','could')", name=op.f("ck_action_item_priority")),
        Check("state in ('open','done','verified','dropped')", name=op.f("ck_action_item_state")),
    )
    op.create_index("ix_action_item_incident_id", "action_item", ["incident_id"])
    op.create_index("ix_action_item_owner_id_state", "action_item", ["owner_id", "state"])
    op.create_table(
        "pattern",
        Column("id", ID, nullable=False),
        Column("name", sa.String(), nullable=False),
        Column("description", sa.String(), nullable=False),
        Column("area", sa.String(), nullable=True),
        PrimaryKey("id", name="pk_pattern"),
        Unique("name", name="uq_pattern_name"),
    )
    op.create_table(
        "analysis",
        Column("incident_id", ID, nullable=False),
        Column("pattern_id", ID, nullable=True),
        Column("decision", sa.String(), nullable=True),
        Column("reason", sa.String(), nullable=False),
        Column("edited_by_id", ID, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("incident_id", name="pk_analysis"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_analysis_incident_id", ondelete="CASCADE"),
        ForeignKey(["pattern_id"], ["pattern.id"], name="fk_analysis_pattern_id"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_analysis_edited_by_id"),
        Check("decision in ('new','known','none')", name=op.f("ck_analysis_decision")),
    )
    op.create_index("ix_analysis_pattern_id", "analysis", ["pattern_id"])
    op.create_table(
        "practice",
        Column("id", ID, nullable=False),
        Column("number", sa.Integer(), nullable=False),
        Column("statement", sa.String(), nullable=False),
        Column("why", sa.String(), nullable=False),
        Column("area", sa.String(), nullable=False),
        Column("level", sa.String(), nullable=False),
        Column("selector", sa.String(), nullable=False),
        Column("target_percent", sa.Integer(), nullable=False),
        Column("target_on", sa.Date(), nullable=True),
        Column("pattern_id", ID, nullable=True),
        Column("author_id", ID, nullable=True),
        Column("accepted_by_id", ID, nullable=True),
        Column("state", sa.String(), nullable=False),
        Column("state_since", INSTANT, nullable=False),
        Column("edited_by_id", ID, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("id", name="pk_practice"),
        ForeignKey(["pattern_id"], ["pattern.id"], name="fk_practice_pattern_id"),
        ForeignKey(["author_id"], ["person.id"], name="fk_practice_author_id"),
        ForeignKey(["accepted_by_id"], ["person.id"], name="fk_practice_accepted_by_id"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_practice_edited_by_id"),
        Unique("number", name="uq_practice_number"),
        Check(
            "state in ('proposed','accepted','automated','adopted','slipped','retired')",
            name=op.f("ck_practice_state"),
        ),
        Check("target_percent between 1 and 100", name=op.f("ck_practice_target_percent")),
    )
    op.create_index("ix_practice_pattern_id", "practice", ["pattern_id"])
    op.create_table(
        "incident_practice",
        Column("incident_id", ID, nullable=False),
        Column("practice_id", ID, nullable=False),
        PrimaryKey("incident_id", "practice_id", name="pk_incident_practice"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_incident_practice_incident_id", ondelete="CASCADE"),
        ForeignKey(["practice_id"], ["practice.id"], name="fk_incident_practice_practice_id"),
    )
    op.create_index("ix_incident_practice_practice_id", "incident_practice", ["practice_id"])
    op.create_table(
        "practice_check",
        Column("id", ID, nullable=False),
        Column("practice_id", ID, nullable=False),
        Column("kind", sa.String(), nullable=False),
        Column("expression", sa.String(), nullable=False),
        Column("because", sa.String(), nullable=False),
        Column("freshness_days", sa.Integer(), nullable=False),
        Column("state", sa.String(), nullable=False),
        Column("edited_by_id", ID, nullable=True),
        Column("version", sa.Integer(), nullable=False),
        PrimaryKey("id", name="pk_practice_check"),
        ForeignKey(["practice_id"], ["practice.id"], name="fk_practice_check_practice_id"),
        ForeignKey(["edited_by_id"], ["person.id"], name="fk_practice_check_edited_by_id"),
        Check("kind in ('facts','attested')", name=op.f("ck_practice_check_kind")),
        Check("state in ('dry_run','active','off')", name=op.f("ck_practice_check_state")),
    )
    op.create_index("ix_practice_check_practice_id", "practice_check", ["practice_id"])
    op.create_table(
        "evidence",
        Column("id", ID, nullable=False),
        Column("check_id", ID, nullable=False),
        Column("service_id", ID, nullable=False),
        Column("result", sa.String(), nullable=False),
        Column("message", sa.String(), nullable=False),
        Column("by_id", ID, nullable=True),
        Column("at", INSTANT, nullable=False),
        PrimaryKey("id", name="pk_evidence"),
        ForeignKey(["check_id"], ["practice_check.id"], name="fk_evidence_check_id"),
        ForeignKey(["service_id"], ["service.id"], name="fk_evidence_service_id"),
        ForeignKey(["by_id"], ["person.id"], name="fk_evidence_by_id"),
        Check("result in ('pass','fail','error','not_applicable')", name=op.f("ck_evidence_result")),
    )
    op.create_index("ix_evidence_check_id_service_id_id", "evidence", ["check_id", "service_id", "id"])
    op.create_index("ix_evidence_service_id_check_id_id", "evidence", ["service_id", "check_id", "id"])
    op.create_table(
        "standing",
        Column("practice_id", ID, nullable=False),
        Column("service_id", ID, nullable=False),
        Column("standing", sa.String(), nullable=False),
        Column("message", sa.String(), nullable=False),
        Column("since", INSTANT, nullable=False),
        PrimaryKey("practice_id", "service_id", name="pk_standing"),
        ForeignKey(["practice_id"], ["practice.id"], name="fk_standing_practice_id"),
        ForeignKey(["service_id"], ["service.id"], name="fk_standing_service_id"),
        Check(
            "standing in ('adopted','not_adopted','unknown','exempt','not_applicable')",
            name=op.f("ck_standing_standing"),
        ),
    )
    op.create_index("ix_standing_service_id", "standing", ["service_id"])
    op.create_table(
        "exemption",
        Column("id", ID, nullable=False),
        Column("practice_id", ID, nullable=False),
        Column("service_id", ID, nullable=False),
        Column("reason", sa.String(), nullable=False),
        Column("granted_by_id", ID, nullable=False),
        Column("expires_on", sa.Date(), nullable=False),
        Column("at", INSTANT, nullable=False),
        PrimaryKey("id", name="pk_exemption"),
        ForeignKey(["practice_id"], ["practice.id"], name="fk_exemption_practice_id"),
        ForeignKey(["service_id"], ["service.id"], name="fk_exemption_service_id"),
        ForeignKey(["granted_by_id"], ["person.id"], name="fk_exemption_granted_by_id"),
        Unique("practice_id", "service_id", name="uq_exemption_practice_id_service_id"),
    )
    op.create_index("ix_exemption_service_id", "exemption", ["service_id"])
    op.create_table(
        "move",
        Column("id", ID, nullable=False),
        Column("incident_id", ID, nullable=True),
        Column("practice_id", ID, nullable=True),
        Column("verb", sa.String(), nullable=False),
        Column("from_stage", sa.String(), nullable=True),
        Column("from_state", sa.String(), nullable=True),
        Column("to_stage", sa.String(), nullable=False),
        Column("to_state", sa.String(), nullable=False),
        Column("why", sa.String(), nullable=False),
        Column("by_id", ID, nullable=True),
        Column("at", INSTANT, nullable=False),
        PrimaryKey("id", name="pk_move"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_move_incident_id"),
        ForeignKey(["practice_id"], ["practice.id"], name="fk_move_practice_id"),
        ForeignKey(["by_id"], ["person.id"], name="fk_move_by_id"),
        Check("(incident_id is null) <> (practice_id is null)", name=op.f("ck_move_one_subject")),
    )
    op.create_index("ix_move_incident_id_id", "move", ["incident_id", "id"])
    op.create_index(
        "ix_move_left_out", "move", ["incident_id"],
        sqlite_where=sa.text("verb in ('skip', 'leave_out')"),
        postgresql_where=sa.text("verb in ('skip', 'leave_out')"),
    )
    op.create_index("ix_move_practice_id_id", "move", ["practice_id", "id"])
    op.create_table(
        "outbox_message",
        Column("id", ID, nullable=False),
        Column("dedupe_key", sa.String(), nullable=False),
        Column("event", sa.String(), nullable=False),
        Column("event_version", sa.Integer(), nullable=False),
        Column("payload", JSON, nullable=False),
        Column("audience", sa.String(), nullable=False),
        Column("lane", sa.String(), nullable=False),
        Column("incident_id", ID, nullable=True),
        Column("practice_id", ID, nullable=True),
        Column("state", sa.String(), nullable=False),
        Column("attempts", sa.Integer(), nullable=False),
        Column("created_at", INSTANT, nullable=False),
        Column("next_at", INSTANT, nullable=False),
        Column("first_sent_at", INSTANT, nullable=True),
        Column("lease", sa.String(), nullable=True),
        Column("settled_at", INSTANT, nullable=True),
        Column("last_error", sa.String(), nullable=False),
        Column("rendered", JSON, nullable=True),
        PrimaryKey("id", name="pk_outbox_message"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_outbox_message_incident_id"),
        ForeignKey(["practice_id"], ["practice.id"], name="fk_outbox_message_practice_id"),
        Unique("dedupe_key", name="uq_outbox_message_dedupe_key"),
    )
    op.create_index("ix_outbox_message_incident_id", "outbox_message", ["incident_id"])
    op.create_index("ix_outbox_message_lane_id", "outbox_message", ["lane", "id"])
    op.create_index("ix_outbox_message_practice_id", "outbox_message", ["practice_id"])
    op.create_index("ix_outbox_message_state_next_at", "outbox_message", ["state", "next_at"])
    op.create_table(
        "slack_thread",
        Column("id", ID, nullable=False),
        Column("incident_id", ID, nullable=False),
        Column("destination", sa.String(), nullable=False),
        Column("channel", sa.String(), nullable=False),
        Column("ts", sa.String(), nullable=False),
        PrimaryKey("id", name="pk_slack_thread"),
        ForeignKey(["incident_id"], ["incident.id"], name="fk_slack_thread_incident_id"),
        Unique("incident_id", "destination", name="uq_slack_thread_incident_id_destination"),
    )

    for statement in APPEND_ONLY_ON[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "slack_thread", "outbox_message", "move", "exemption", "standing", "evidence",
        "practice_check", "incident_practice", "practice", "analysis", "pattern", "action_item",
        "remediation", "contributing_factor", "timeline_entry", "review", "resolution",
        "incident_reader", "incident_service", "incident", "counter", "fact", "service_dependency",
        "service", "membership", "team", "person",
    ):
        op.drop_table(table)  # its indexes and triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function move_refuse()")
