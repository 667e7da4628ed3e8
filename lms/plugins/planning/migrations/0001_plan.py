"""the annual training plan

Revises:
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_planning_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("month", lms.db.MonthType(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("title", lms.db.LocalizedType(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("guests", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=True),
        sa.Column("attended", sa.Integer(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_plugin_planning_entry_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["person.id"], name=op.f("fk_plugin_planning_entry_responsible_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_planning_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_plugin_planning_entry_key")),
    )
    with op.batch_alter_table("plugin_planning_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plugin_planning_entry_month"), ["month"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("plugin_planning_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_planning_entry_month"))

    op.drop_table("plugin_planning_entry")
