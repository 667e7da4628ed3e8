"""messaging

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
        "plugin_messaging_health",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("sent_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("failed_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("held_until", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_plugin_messaging_health")),
    )
    op.create_table(
        "plugin_messaging_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("settled_id", sa.Integer(), nullable=False),
        sa.Column("seen_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_messaging_mark")),
    )
    op.create_table(
        "plugin_messaging_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("removed_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_messaging_address_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_messaging_address")),
    )
    with op.batch_alter_table("plugin_messaging_address", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_messaging_address_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "uq_plugin_messaging_address_in_use",
            ["person_id", "channel"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

    op.create_table(
        "plugin_messaging_digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_day", sa.Date(), nullable=False),
        sa.Column("made_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_messaging_digest_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_messaging_digest")),
        sa.UniqueConstraint(
            "person_id", "for_day", name=op.f("uq_plugin_messaging_digest_person_id_for_day")
        ),
    )
    op.create_table(
        "plugin_messaging_digest_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rhythm", sa.String(length=64), nullable=False),
        sa.Column("changed_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_messaging_digest_choice_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_plugin_messaging_digest_choice")),
    )
    op.create_table(
        "plugin_messaging_preference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_messaging_preference_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_messaging_preference")),
        sa.UniqueConstraint(
            "person_id",
            "kind",
            "channel",
            name=op.f("uq_plugin_messaging_preference_person_id_kind_channel"),
        ),
    )
    op.create_table(
        "plugin_messaging_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("notification_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("tried_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["plugin_messaging_address.id"],
            name=op.f("fk_plugin_messaging_delivery_address_id"),
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.id"],
            name=op.f("fk_plugin_messaging_delivery_notification_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_messaging_delivery_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_messaging_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_plugin_messaging_delivery_key")),
        sa.UniqueConstraint(
            "notification_id",
            "channel",
            name=op.f("uq_plugin_messaging_delivery_notification_id_channel"),
        ),
    )
    with op.batch_alter_table("plugin_messaging_delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_plugin_messaging_delivery_due", ["channel", "state", "due_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_plugin_messaging_delivery_order", ["address_id", "state", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_messaging_delivery_person_id"), ["person_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("plugin_messaging_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_messaging_delivery_person_id"))
        batch_op.drop_index("ix_plugin_messaging_delivery_order")
        batch_op.drop_index("ix_plugin_messaging_delivery_due")

    op.drop_table("plugin_messaging_delivery")
    op.drop_table("plugin_messaging_preference")
    op.drop_table("plugin_messaging_digest_choice")
    op.drop_table("plugin_messaging_digest")
    with op.batch_alter_table("plugin_messaging_address", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plugin_messaging_address_in_use",
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_plugin_messaging_address_person_id"))

    op.drop_table("plugin_messaging_address")
    op.drop_table("plugin_messaging_mark")
    op.drop_table("plugin_messaging_health")
