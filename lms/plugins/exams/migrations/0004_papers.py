"""papers and grants

Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_exams_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_plugin_exams_grant_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["exam_id"], ["plugin_exams_exam.id"], name=op.f("fk_plugin_exams_grant_exam_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_exams_grant_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_grant")),
    )
    with op.batch_alter_table("plugin_exams_grant", schema=None) as batch_op:
        batch_op.create_index("ix_plugin_exams_grant_exam", ["exam_id", "person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_plugin_exams_grant_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "plugin_exams_leaving",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("left_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("back_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["plugin_exams_attempt.id"],
            name=op.f("fk_plugin_exams_leaving_attempt_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_leaving")),
    )
    with op.batch_alter_table("plugin_exams_leaving", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_exams_leaving_attempt_id"), ["attempt_id"], unique=False
        )

    with op.batch_alter_table("plugin_exams_attempt", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("exam_number", sa.Integer(), server_default="1", nullable=False)
        )
        batch_op.add_column(sa.Column("rules", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("training_id", sa.Integer(), nullable=True))
        batch_op.alter_column("enrolment_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("step_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(
            batch_op.f("ix_plugin_exams_attempt_training_id"), ["training_id"], unique=False
        )
        batch_op.create_index(
            "uq_plugin_exams_attempt_alone",
            ["exam_id", "person_id", "number"],
            unique=True,
            sqlite_where=sa.text("step_id IS NULL"),
            postgresql_where=sa.text("step_id IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_plugin_exams_attempt_training_id"), "enrolment", ["training_id"], ["id"]
        )

    with op.batch_alter_table("plugin_exams_exam", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("sections", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("rules", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("content_hash", sa.String(), server_default="", nullable=False)
        )

    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.add_column(sa.Column("section", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("points", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    # The version before knows no exam outside a course: its attempts go.
    alone = "(SELECT id FROM plugin_exams_attempt WHERE step_id IS NULL)"
    for table in ("plugin_exams_leaving", "plugin_exams_response"):
        op.execute(f"DELETE FROM {table} WHERE attempt_id IN {alone}")
    op.execute("DELETE FROM plugin_exams_attempt WHERE step_id IS NULL")
    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.drop_column("points")
        batch_op.drop_column("section")

    with op.batch_alter_table("plugin_exams_exam", schema=None) as batch_op:
        batch_op.drop_column("content_hash")
        batch_op.drop_column("rules")
        batch_op.drop_column("sections")
        batch_op.drop_column("number")

    with op.batch_alter_table("plugin_exams_attempt", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_plugin_exams_attempt_training_id"), type_="foreignkey"
        )
        batch_op.drop_index(
            "uq_plugin_exams_attempt_alone",
            sqlite_where=sa.text("step_id IS NULL"),
            postgresql_where=sa.text("step_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plugin_exams_attempt_training_id"))
        batch_op.alter_column("step_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.alter_column("enrolment_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("training_id")
        batch_op.drop_column("rules")
        batch_op.drop_column("exam_number")

    with op.batch_alter_table("plugin_exams_leaving", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_exams_leaving_attempt_id"))

    op.drop_table("plugin_exams_leaving")
    with op.batch_alter_table("plugin_exams_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_exams_grant_person_id"))
        batch_op.drop_index("ix_plugin_exams_grant_exam")

    op.drop_table("plugin_exams_grant")
