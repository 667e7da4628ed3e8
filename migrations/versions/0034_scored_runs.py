"""the scores of a drill's runs by index

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_drill_run_scored", "drill_run", ["drill_id", "state", "score"])
    op.drop_index("ix_drill_run_drill_id", "drill_run")


def downgrade() -> None:
    op.create_index("ix_drill_run_drill_id", "drill_run", ["drill_id"])
    op.drop_index("ix_drill_run_scored", "drill_run")
