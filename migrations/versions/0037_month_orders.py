"""the orders of large months, and a count of changed names

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_order",
        sa.Column("close_id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(length=64), nullable=False),
        sa.Column("is_ranked", sa.Boolean(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ids", sa.LargeBinary(), nullable=False),
        sa.Column("names", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["close_id"], ["month_close.id"], name=op.f("fk_month_order_close_id")
        ),
        sa.PrimaryKeyConstraint(
            "close_id", "sort", "is_ranked", "part", name=op.f("pk_month_order")
        ),
    )
    op.add_column(
        "organisation",
        sa.Column("names_changed", sa.Integer(), server_default="0", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("organisation", "names_changed")
    op.drop_table("month_order")
