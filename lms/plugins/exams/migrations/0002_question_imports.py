"""question imports

Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_exams_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_name", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("taken_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_plugin_exams_import_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_import")),
    )
    op.create_index(
        op.f("ix_plugin_exams_import_created_by"), "plugin_exams_import", ["created_by"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_plugin_exams_import_created_by"), "plugin_exams_import")
    op.drop_table("plugin_exams_import")
