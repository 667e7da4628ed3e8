"""session date requests

Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_date_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_session_date_request_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_session_date_request_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_session_date_request_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["step.id"], name=op.f("fk_session_date_request_step_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_date_request")),
    )
    with op.batch_alter_table("session_date_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_date_request_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "ix_session_date_request_step", ["programme_id", "step_key", "closed_at"], unique=False
        )
        batch_op.create_index(
            "uq_session_date_request_open",
            ["enrolment_id", "step_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("session_date_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_session_date_request_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_session_date_request_step")
        batch_op.drop_index(batch_op.f("ix_session_date_request_person_id"))

    op.drop_table("session_date_request")
