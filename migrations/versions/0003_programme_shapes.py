"""choices and prerequisites in programmes

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("module", sa.Column("needs", sa.Integer(), nullable=True))
    op.add_column("programme_version", sa.Column("requires", sa.JSON(), nullable=True))
    op.add_column("step", sa.Column("after", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("step", "after")
    op.drop_column("programme_version", "requires")
    op.drop_column("module", "needs")
