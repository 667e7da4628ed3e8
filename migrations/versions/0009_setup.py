"""what is left out of the setup, and moments that were seen

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moment_seen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(length=64), nullable=False),
        sa.Column("seen_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_moment_seen_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moment_seen")),
        sa.UniqueConstraint("person_id", "moment", name=op.f("uq_moment_seen_person_id_moment")),
    )
    with op.batch_alter_table("moment_seen", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moment_seen_person_id"), ["person_id"], unique=False)

    op.create_table(
        "setup_skip",
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_setup_skip_person_id")),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_setup_skip")),
    )


def downgrade() -> None:
    op.drop_table("setup_skip")
    with op.batch_alter_table("moment_seen", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moment_seen_person_id"))

    op.drop_table("moment_seen")
