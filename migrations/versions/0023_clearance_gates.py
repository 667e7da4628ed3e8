"""clearance gates

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clearance_gate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cleared_by", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("begun_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked"], ["enrolment.id"], name=op.f("fk_clearance_gate_asked")),
        sa.ForeignKeyConstraint(
            ["cleared_by"], ["enrolment.id"], name=op.f("fk_clearance_gate_cleared_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_clearance_gate_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["programme_version.id"], name=op.f("fk_clearance_gate_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance_gate")),
        sa.UniqueConstraint(
            "cleared_by", "version_id", name=op.f("uq_clearance_gate_cleared_by_version_id")
        ),
    )
    with op.batch_alter_table("clearance_gate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clearance_gate_asked"), ["asked"], unique=False)
        batch_op.create_index(batch_op.f("ix_clearance_gate_from_day"), ["from_day"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_clearance_gate_person_id"), ["person_id"], unique=False
        )

    with op.batch_alter_table("programme_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("major", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("delta", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("programme_version", schema=None) as batch_op:
        batch_op.drop_column("delta")
        batch_op.drop_column("major")

    with op.batch_alter_table("clearance_gate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clearance_gate_person_id"))
        batch_op.drop_index(batch_op.f("ix_clearance_gate_from_day"))
        batch_op.drop_index(batch_op.f("ix_clearance_gate_asked"))

    op.drop_table("clearance_gate")
