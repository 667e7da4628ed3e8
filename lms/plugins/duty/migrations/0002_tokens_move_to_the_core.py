"""tokens move to the core

Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = "name, token_hash, created_at, revoked_at, used_on"


def upgrade() -> None:
    op.execute(
        f"INSERT INTO api_token (purpose, {_COLUMNS}) "
        f"SELECT 'duty', {_COLUMNS} FROM plugin_duty_token"
    )
    op.drop_table("plugin_duty_token")


def downgrade() -> None:
    op.create_table(
        "plugin_duty_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_duty_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_plugin_duty_token_token_hash")),
    )
    with op.batch_alter_table("plugin_duty_token", schema=None) as batch_op:
        batch_op.create_index(
            "uq_plugin_duty_token_name_in_use",
            ["name"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
    op.execute(
        f"INSERT INTO plugin_duty_token ({_COLUMNS}) "
        f"SELECT {_COLUMNS} FROM api_token WHERE purpose = 'duty'"
    )
    op.execute("DELETE FROM api_token WHERE purpose = 'duty'")
