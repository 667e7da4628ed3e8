"""pictures and recordings of questions

Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plugin_exams_question_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("media", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("plugin_exams_question_version", schema=None) as batch_op:
        batch_op.drop_column("media")
