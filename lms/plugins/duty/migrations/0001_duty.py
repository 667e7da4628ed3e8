"""duty gate

Revises:
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_duty_endpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_duty_endpoint")),
    )
    with op.batch_alter_table("plugin_duty_endpoint", schema=None) as batch_op:
        batch_op.create_index(
            "uq_plugin_duty_endpoint_url_in_use",
            ["url"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

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

    op.create_table(
        "plugin_duty_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("clearance_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("tried_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clearance_id"], ["clearance.id"], name=op.f("fk_plugin_duty_delivery_clearance_id")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["plugin_duty_endpoint.id"],
            name=op.f("fk_plugin_duty_delivery_endpoint_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_duty_delivery_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_duty_delivery")),
        sa.UniqueConstraint(
            "endpoint_id",
            "event",
            "clearance_id",
            name=op.f("uq_plugin_duty_delivery_endpoint_id_event_clearance_id"),
        ),
        sa.UniqueConstraint("key", name=op.f("uq_plugin_duty_delivery_key")),
    )
    with op.batch_alter_table("plugin_duty_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_plugin_duty_delivery_due", ["state", "due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_plugin_duty_delivery_person_id"), ["person_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("plugin_duty_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_duty_delivery_person_id"))
        batch_op.drop_index("ix_plugin_duty_delivery_due")

    op.drop_table("plugin_duty_delivery")
    with op.batch_alter_table("plugin_duty_token", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plugin_duty_token_name_in_use",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.drop_table("plugin_duty_token")
    with op.batch_alter_table("plugin_duty_endpoint", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plugin_duty_endpoint_url_in_use",
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

    op.drop_table("plugin_duty_endpoint")
