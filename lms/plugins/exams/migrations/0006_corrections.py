"""corrected keys, changed results, appealed answers

Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(
            sa.Column("appealed_at", lms.db.UTCDateTime(timezone=True), nullable=True)
        )
    op.create_table(
        "plugin_exams_regrade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("only_better", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_plugin_exams_regrade_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["plugin_exams_question_version.id"],
            name=op.f("fk_plugin_exams_regrade_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_regrade")),
    )
    op.create_index(
        op.f("ix_plugin_exams_regrade_created_by"), "plugin_exams_regrade", ["created_by"]
    )
    op.create_index(
        op.f("ix_plugin_exams_regrade_version_id"), "plugin_exams_regrade", ["version_id"]
    )
    op.create_table(
        "plugin_exams_result_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("regrade_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("marked_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("changed_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["plugin_exams_attempt.id"],
            name=op.f("fk_plugin_exams_result_change_attempt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["regrade_id"],
            ["plugin_exams_regrade.id"],
            name=op.f("fk_plugin_exams_result_change_regrade_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_result_change")),
    )
    for column in ("attempt_id", "regrade_id"):
        op.create_index(
            op.f(f"ix_plugin_exams_result_change_{column}"), "plugin_exams_result_change", [column]
        )


def downgrade() -> None:
    op.drop_table("plugin_exams_result_change")
    op.drop_table("plugin_exams_regrade")
    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.drop_column("appealed_at")
        batch_op.drop_column("key")
