"""defined metrics

Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "metric_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_month", lms.db.MonthType(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.Column("label", lms.db.LocalizedType(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("better", sa.String(length=64), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("component", sa.String(), nullable=True),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_metric_version_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_version")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_metric_version_code_number")),
    )


def downgrade() -> None:
    op.drop_table("metric_version")
