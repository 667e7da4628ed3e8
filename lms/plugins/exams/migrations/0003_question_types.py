"""question types: parts of a wording, shares of points, withdrawal, source case

Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plugin_exams_question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("case_key", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("withdrawn_at", lms.db.UTCDateTime(timezone=True), nullable=True)
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_exams_question_case_key"), ["case_key"], unique=False
        )

    with op.batch_alter_table("plugin_exams_question_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parts", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("plugin_exams_question_version", schema=None) as batch_op:
        batch_op.alter_column("parts", server_default=None)

    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.add_column(sa.Column("share", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE plugin_exams_response SET share = CASE WHEN is_correct THEN 10000 ELSE 0 END"
        " WHERE is_correct IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.drop_column("share")
    with op.batch_alter_table("plugin_exams_question_version", schema=None) as batch_op:
        batch_op.drop_column("parts")
    with op.batch_alter_table("plugin_exams_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_exams_question_case_key"))
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("case_key")
