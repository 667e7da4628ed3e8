"""recertification

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programme_version", sa.Column("recertify_every", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("programme_version", "recertify_every")
