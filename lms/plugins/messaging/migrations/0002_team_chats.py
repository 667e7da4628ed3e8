"""team chats

Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_messaging_team_kind",
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["plugin_messaging_address.id"],
            name=op.f("fk_plugin_messaging_team_kind_address_id"),
        ),
        sa.PrimaryKeyConstraint("address_id", "kind", name=op.f("pk_plugin_messaging_team_kind")),
    )
    with op.batch_alter_table("plugin_messaging_address", schema=None) as batch_op:
        batch_op.add_column(sa.Column("team_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("locale", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("is_given", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(
            "uq_plugin_messaging_address_of_team",
            ["team_id", "channel"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )
        batch_op.create_check_constraint("whose", "(person_id IS NULL) <> (team_id IS NULL)")
        batch_op.create_foreign_key(
            batch_op.f("fk_plugin_messaging_address_team_id"), "team", ["team_id"], ["id"]
        )

    with op.batch_alter_table("plugin_messaging_delivery", schema=None) as batch_op:
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.drop_constraint(
            batch_op.f("uq_plugin_messaging_delivery_notification_id_channel"), type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_plugin_messaging_delivery_notification_id_address_id"),
            ["notification_id", "address_id"],
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_plugin_messaging_delivery_notification_id_channel_person_id"),
            ["notification_id", "channel", "person_id"],
        )


def downgrade() -> None:
    op.execute("DELETE FROM plugin_messaging_delivery WHERE person_id IS NULL")
    op.drop_table("plugin_messaging_team_kind")
    op.execute("DELETE FROM plugin_messaging_address WHERE person_id IS NULL")
    with op.batch_alter_table("plugin_messaging_delivery", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_plugin_messaging_delivery_notification_id_channel_person_id"),
            type_="unique",
        )
        batch_op.drop_constraint(
            batch_op.f("uq_plugin_messaging_delivery_notification_id_address_id"), type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_plugin_messaging_delivery_notification_id_channel"),
            ["notification_id", "channel"],
        )
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=False)

    with op.batch_alter_table("plugin_messaging_address", schema=None) as batch_op:
        batch_op.drop_constraint("whose", type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_plugin_messaging_address_team_id"), type_="foreignkey"
        )
        batch_op.drop_index(
            "uq_plugin_messaging_address_of_team",
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )
        batch_op.alter_column("person_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("is_given")
        batch_op.drop_column("locale")
        batch_op.drop_column("team_id")
