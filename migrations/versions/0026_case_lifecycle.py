"""case lifecycle

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_fingerprint",
        sa.Column("mark", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["case_version.id"], name=op.f("fk_case_fingerprint_version_id")
        ),
        sa.PrimaryKeyConstraint("mark", "version_id", name=op.f("pk_case_fingerprint")),
    )
    with op.batch_alter_table("case_fingerprint", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_fingerprint_version_id"), ["version_id"], unique=False
        )

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reviewer_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("review_by", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("review_told", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("archived_at", lms.db.UTCDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("archived_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("archive_reason", sa.String(), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_case_merged_into_id"), ["merged_into_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_case_review_by"), ["review_by"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_case_archived_by_id"), "person", ["archived_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_case_merged_into_id"), "case", ["merged_into_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_case_reviewer_id"), "person", ["reviewer_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_case_reviewer_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_case_merged_into_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_case_archived_by_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_case_review_by"))
        batch_op.drop_index(batch_op.f("ix_case_merged_into_id"))
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("archive_reason")
        batch_op.drop_column("archived_by_id")
        batch_op.drop_column("archived_at")
        batch_op.drop_column("review_told")
        batch_op.drop_column("review_by")
        batch_op.drop_column("reviewer_id")

    with op.batch_alter_table("case_fingerprint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_fingerprint_version_id"))

    op.drop_table("case_fingerprint")
