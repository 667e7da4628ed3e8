"""marks of answers in words

Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_UNMARKED, _LIVE = sa.text("marks_wanted > 0"), sa.text("superseded_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("plugin_exams_attempt", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("marked_at", lms.db.UTCDateTime(timezone=True), nullable=True)
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_exams_attempt_marked_at"), ["marked_at"], unique=False
        )
    op.execute("UPDATE plugin_exams_attempt SET marked_at = submitted_at WHERE score IS NOT NULL")
    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("marks_wanted", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.create_index(
            "ix_plugin_exams_response_unmarked",
            ["version_id", "attempt_id"],
            unique=False,
            sqlite_where=_UNMARKED,
            postgresql_where=_UNMARKED,
        )
    op.create_table(
        "plugin_exams_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("touched_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id", "position"],
            ["plugin_exams_response.attempt_id", "plugin_exams_response.position"],
            name=op.f("fk_plugin_exams_mark_attempt_id_position"),
        ),
        sa.ForeignKeyConstraint(
            ["marker_id"], ["person.id"], name=op.f("fk_plugin_exams_mark_marker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_mark")),
    )
    op.create_index(
        "uq_plugin_exams_mark_slot",
        "plugin_exams_mark",
        ["attempt_id", "position", "slot"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_index(op.f("ix_plugin_exams_mark_marker_id"), "plugin_exams_mark", ["marker_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_plugin_exams_mark_marker_id"), "plugin_exams_mark")
    op.drop_index(
        "uq_plugin_exams_mark_slot",
        "plugin_exams_mark",
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.drop_table("plugin_exams_mark")
    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_plugin_exams_response_unmarked",
            sqlite_where=_UNMARKED,
            postgresql_where=_UNMARKED,
        )
        batch_op.drop_column("marks_wanted")
    with op.batch_alter_table("plugin_exams_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_exams_attempt_marked_at"))
        batch_op.drop_column("marked_at")
