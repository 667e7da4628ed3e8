"""scoring: drafts, comments on lines, raters of a drill, acknowledgement

Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rating_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("saved_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rater_id"], ["person.id"], name=op.f("fk_rating_draft_rater_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_draft")),
        sa.UniqueConstraint("rater_id", "subject", name=op.f("uq_rating_draft_rater_id_subject")),
    )
    with op.batch_alter_table("drill", schema=None) as batch_op:
        batch_op.add_column(sa.Column("raters_needed", sa.Integer(), nullable=True))

    with op.batch_alter_table("drill_run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("acknowledged_at", lms.db.UTCDateTime(timezone=True), nullable=True)
        )

    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lines", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_column("lines")

    with op.batch_alter_table("drill_run", schema=None) as batch_op:
        batch_op.drop_column("acknowledged_at")

    with op.batch_alter_table("drill", schema=None) as batch_op:
        batch_op.drop_column("raters_needed")

    op.drop_table("rating_draft")
