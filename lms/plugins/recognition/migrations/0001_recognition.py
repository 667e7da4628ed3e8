"""recognition

Revises:
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_recognition_award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("policy_number", sa.Integer(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.Column("given_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["given_by"], ["person.id"], name=op.f("fk_plugin_recognition_award_given_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_recognition_award_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_plugin_recognition_award_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_recognition_award")),
    )
    with op.batch_alter_table("plugin_recognition_award", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_recognition_award_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_recognition_award_year"), ["year"], unique=False
        )
        batch_op.create_index(
            "uq_plugin_recognition_award_held",
            ["year", "person_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "plugin_recognition_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("month", lms.db.MonthType(), nullable=False),
        sa.Column("counters_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points <> 0", name=op.f("ck_plugin_recognition_entry_points")),
        sa.ForeignKeyConstraint(
            ["counters_id"],
            ["plugin_recognition_entry.id"],
            name=op.f("fk_plugin_recognition_entry_counters_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["person.id"], name=op.f("fk_plugin_recognition_entry_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_recognition_entry_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_plugin_recognition_entry_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_recognition_entry")),
        sa.UniqueConstraint("counters_id", name=op.f("uq_plugin_recognition_entry_counters_id")),
        sa.UniqueConstraint("key", name=op.f("uq_plugin_recognition_entry_key")),
    )
    with op.batch_alter_table("plugin_recognition_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_recognition_entry_month"), ["month"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_recognition_entry_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_recognition_entry_team_id"), ["team_id"], unique=False
        )

    op.create_table(
        "plugin_recognition_qualification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("obtained_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("submitted_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["person.id"],
            name=op.f("fk_plugin_recognition_qualification_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_recognition_qualification_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["upload.id"],
            name=op.f("fk_plugin_recognition_qualification_upload_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_recognition_qualification")),
        sa.UniqueConstraint("key", name=op.f("uq_plugin_recognition_qualification_key")),
    )
    with op.batch_alter_table("plugin_recognition_qualification", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_recognition_qualification_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_recognition_qualification_state"), ["state"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("plugin_recognition_qualification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_recognition_qualification_state"))
        batch_op.drop_index(batch_op.f("ix_plugin_recognition_qualification_person_id"))

    op.drop_table("plugin_recognition_qualification")
    with op.batch_alter_table("plugin_recognition_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_recognition_entry_team_id"))
        batch_op.drop_index(batch_op.f("ix_plugin_recognition_entry_person_id"))
        batch_op.drop_index(batch_op.f("ix_plugin_recognition_entry_month"))

    op.drop_table("plugin_recognition_entry")
    with op.batch_alter_table("plugin_recognition_award", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plugin_recognition_award_held",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plugin_recognition_award_year"))
        batch_op.drop_index(batch_op.f("ix_plugin_recognition_award_person_id"))

    op.drop_table("plugin_recognition_award")
