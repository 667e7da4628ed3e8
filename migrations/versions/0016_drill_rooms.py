"""drill rooms

Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drill_room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drill_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("open_key", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("first_reply_seconds", sa.Integer(), nullable=False),
        sa.Column("later_reply_seconds", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("opened_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("joined_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("begun_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["drill_id"], ["drill.id"], name=op.f("fk_drill_room_drill_id")),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_drill_room_host_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_drill_room_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["drill_run.id"], name=op.f("fk_drill_room_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_room")),
        sa.UniqueConstraint("open_key", name=op.f("uq_drill_room_open_key")),
        sa.UniqueConstraint("run_id", name=op.f("uq_drill_room_run_id")),
    )
    with op.batch_alter_table("drill_room", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drill_room_drill_id"), ["drill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drill_room_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drill_room_state"), ["state"], unique=False)

    op.create_table(
        "drill_room_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_drill_room_message_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["drill_room.id"], name=op.f("fk_drill_room_message_room_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_room_message")),
        sa.UniqueConstraint(
            "room_id", "client_key", name=op.f("uq_drill_room_message_room_id_client_key")
        ),
        sa.UniqueConstraint("room_id", "seq", name=op.f("uq_drill_room_message_room_id_seq")),
    )
    with op.batch_alter_table("drill_room_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_drill_room_message_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "drill_room_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_drill_room_person_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["drill_room.id"], name=op.f("fk_drill_room_person_room_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_room_person")),
        sa.UniqueConstraint(
            "room_id", "person_id", name=op.f("uq_drill_room_person_room_id_person_id")
        ),
    )
    with op.batch_alter_table("drill_room_person", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_drill_room_person_person_id"), ["person_id"], unique=False
        )

    with op.batch_alter_table("drill", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("start_mood", sa.Integer(), server_default="3", nullable=False)
        )
        batch_op.add_column(
            sa.Column("later_reply_seconds", sa.Integer(), server_default="60", nullable=False)
        )

    with op.batch_alter_table("drill_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("data", sa.JSON(), server_default="{}", nullable=False))

    with op.batch_alter_table("drill_run", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("later_reply_seconds", sa.Integer(), server_default="60", nullable=False)
        )
        batch_op.add_column(
            sa.Column("mode", sa.String(length=64), server_default="solo", nullable=False)
        )


def downgrade() -> None:
    # What the version before has no word for.
    op.execute("DELETE FROM drill_message WHERE who = 'note'")
    op.execute("UPDATE drill_run SET state = 'open' WHERE state = 'practised'")
    with op.batch_alter_table("drill_run", schema=None) as batch_op:
        batch_op.drop_column("mode")
        batch_op.drop_column("later_reply_seconds")

    with op.batch_alter_table("drill_message", schema=None) as batch_op:
        batch_op.drop_column("data")

    with op.batch_alter_table("drill", schema=None) as batch_op:
        batch_op.drop_column("later_reply_seconds")
        batch_op.drop_column("start_mood")

    with op.batch_alter_table("drill_room_person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drill_room_person_person_id"))

    op.drop_table("drill_room_person")
    with op.batch_alter_table("drill_room_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drill_room_message_person_id"))

    op.drop_table("drill_room_message")
    with op.batch_alter_table("drill_room", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drill_room_state"))
        batch_op.drop_index(batch_op.f("ix_drill_room_person_id"))
        batch_op.drop_index(batch_op.f("ix_drill_room_drill_id"))

    op.drop_table("drill_room")
