"""mentoring

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
        "plugin_mentoring_call",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("told_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_plugin_mentoring_call_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_plugin_mentoring_call")),
    )
    op.create_table(
        "plugin_mentoring_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("mentee_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_plugin_mentoring_pair_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_plugin_mentoring_pair_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["mentee_id"], ["person.id"], name=op.f("fk_plugin_mentoring_pair_mentee_id")
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["person.id"], name=op.f("fk_plugin_mentoring_pair_mentor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_mentoring_pair")),
    )
    with op.batch_alter_table("plugin_mentoring_pair", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_mentoring_pair_enrolment_id"), ["enrolment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_mentoring_pair_mentee_id"), ["mentee_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_mentoring_pair_mentor_id"), ["mentor_id"], unique=False
        )
        batch_op.create_index(
            "uq_plugin_mentoring_pair_active",
            ["mentee_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "plugin_mentoring_check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("mood", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("next_focus", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("told_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["pair_id"],
            ["plugin_mentoring_pair.id"],
            name=op.f("fk_plugin_mentoring_check_in_pair_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_mentoring_check_in")),
        sa.UniqueConstraint(
            "pair_id", "due_on", name=op.f("uq_plugin_mentoring_check_in_pair_id_due_on")
        ),
    )
    with op.batch_alter_table("plugin_mentoring_check_in", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_mentoring_check_in_due_on"), ["due_on"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("plugin_mentoring_check_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_mentoring_check_in_due_on"))

    op.drop_table("plugin_mentoring_check_in")
    with op.batch_alter_table("plugin_mentoring_pair", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plugin_mentoring_pair_active",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plugin_mentoring_pair_mentor_id"))
        batch_op.drop_index(batch_op.f("ix_plugin_mentoring_pair_mentee_id"))
        batch_op.drop_index(batch_op.f("ix_plugin_mentoring_pair_enrolment_id"))

    op.drop_table("plugin_mentoring_pair")
    op.drop_table("plugin_mentoring_call")
