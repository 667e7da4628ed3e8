"""versions of a policy that months are read under hold from a month on

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Versions from before hold whatever the month, as they did.
    op.add_column("policy_version", sa.Column("from_month", lms.db.MonthType(), nullable=True))


def downgrade() -> None:
    op.drop_column("policy_version", "from_month")
