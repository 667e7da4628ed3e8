"""Certificates of honours, which come of no course

Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLE = "plugin_certificates_certificate"


def upgrade() -> None:
    with op.batch_alter_table(_TABLE) as batch_op:
        batch_op.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("award", sa.String(), nullable=True))
        batch_op.create_index(
            "uq_plugin_certificates_award",
            ["award"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )


def downgrade() -> None:
    # The version before knows certificates of courses alone.
    op.execute(sa.text(f"UPDATE {_TABLE} SET superseded_by_id = NULL WHERE enrolment_id IS NULL"))
    op.execute(sa.text(f"DELETE FROM {_TABLE} WHERE enrolment_id IS NULL"))
    with op.batch_alter_table(_TABLE) as batch_op:
        batch_op.drop_index("uq_plugin_certificates_award")
        batch_op.drop_column("award")
        batch_op.alter_column("enrolment_id", existing_type=sa.Integer(), nullable=False)
