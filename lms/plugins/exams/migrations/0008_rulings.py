"""what was ruled of bad questions, and since when a corrected mark stands

Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ruling", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("corrected_at", lms.db.UTCDateTime(timezone=True), nullable=True)
        )
    with op.batch_alter_table("plugin_exams_regrade", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ruling", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("plugin_exams_regrade", schema=None) as batch_op:
        batch_op.drop_column("ruling")
    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.drop_column("corrected_at")
        batch_op.drop_column("ruling")
