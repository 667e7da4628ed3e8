"""audiences, and enrolling by them

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audience_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_audience_version_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_audience_version_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_version")),
        sa.UniqueConstraint(
            "programme_id", "number", name=op.f("uq_audience_version_programme_id_number")
        ),
    )
    op.create_table(
        "programme_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("audience_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("skip_completed", sa.Boolean(), nullable=False),
        sa.Column("follow_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("already_active", sa.Integer(), nullable=False),
        sa.Column("completed_before", sa.Integer(), nullable=False),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("followed_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"],
            ["audience_version.id"],
            name=op.f("fk_programme_assignment_audience_id"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_programme_assignment_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["outbox_item.id"], name=op.f("fk_programme_assignment_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_programme_assignment_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_assignment")),
    )
    with op.batch_alter_table("programme_assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_programme_assignment_programme_id"), ["programme_id"], unique=False
        )
        batch_op.create_index(
            "uq_programme_assignment_waiting",
            ["programme_id"],
            unique=True,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assignment_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("left_audience", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_index(
            batch_op.f("ix_enrolment_assignment_id"), ["assignment_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_enrolment_assignment_id"),
            "programme_assignment",
            ["assignment_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_enrolment_assignment_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_enrolment_assignment_id"))
        batch_op.drop_column("left_audience")
        batch_op.drop_column("assignment_id")

    with op.batch_alter_table("programme_assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_programme_assignment_waiting",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_programme_assignment_programme_id"))

    op.drop_table("programme_assignment")
    op.drop_table("audience_version")
