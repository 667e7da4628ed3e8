"""the ranking of a month by index

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_month_result_ranking",
        "month_result",
        ["close_id", "rank", "person_id", "team_id"],
        sqlite_where=sa.text("rank IS NOT NULL"),
        postgresql_where=sa.text("rank IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_month_result_ranking", "month_result")
