"""case pictures

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("alt", lms.db.LocalizedType(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["upload.id"], name=op.f("fk_case_picture_upload_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["case_version.id"], name=op.f("fk_case_picture_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_picture")),
    )
    with op.batch_alter_table("case_picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_picture_upload_id"), ["upload_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_case_picture_version_id"), ["version_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("case_picture", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_picture_version_id"))
        batch_op.drop_index(batch_op.f("ix_case_picture_upload_id"))

    op.drop_table("case_picture")
