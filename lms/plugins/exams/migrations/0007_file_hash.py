"""what a content file said last

Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plugin_exams_question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("file_hash", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("plugin_exams_question", schema=None) as batch_op:
        batch_op.drop_column("file_hash")
