"""appeals that are left to the admins, because whoever else may decide took part

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Those that wait already are looked at by the daily job.
    column = sa.Column("is_left_to_admins", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("appeal", column)


def downgrade() -> None:
    op.drop_column("appeal", "is_left_to_admins")
