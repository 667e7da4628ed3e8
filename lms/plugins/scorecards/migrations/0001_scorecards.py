"""scorecards

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
        "plugin_scorecards_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", lms.db.MonthType(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "part >= 0 AND whole > 0 AND part <= whole",
            name=op.f("ck_plugin_scorecards_entry_share"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["person.id"], name=op.f("fk_plugin_scorecards_entry_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_scorecards_entry_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_scorecards_entry")),
        sa.UniqueConstraint(
            "person_id",
            "month",
            "kind",
            "number",
            name=op.f("uq_plugin_scorecards_entry_person_id_month_kind_number"),
        ),
    )
    with op.batch_alter_table("plugin_scorecards_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_scorecards_entry_month"), ["month"], unique=False
        )
        batch_op.create_index(
            "uq_plugin_scorecards_entry_current",
            ["person_id", "month", "kind"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )

    op.create_table(
        "plugin_scorecards_spot_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("month", lms.db.MonthType(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "score BETWEEN 0 AND 10000 AND weight > 0",
            name=op.f("ck_plugin_scorecards_spot_check_range"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["person.id"], name=op.f("fk_plugin_scorecards_spot_check_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_scorecards_spot_check_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["plugin_scorecards_spot_check.id"],
            name=op.f("fk_plugin_scorecards_spot_check_replaces_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_scorecards_spot_check")),
        sa.UniqueConstraint("key", name=op.f("uq_plugin_scorecards_spot_check_key")),
        sa.UniqueConstraint(
            "replaces_id", name=op.f("uq_plugin_scorecards_spot_check_replaces_id")
        ),
    )
    with op.batch_alter_table("plugin_scorecards_spot_check", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_scorecards_spot_check_month"), ["month"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_scorecards_spot_check_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "plugin_scorecards_month",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", lms.db.MonthType(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("close_id", sa.Integer(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("ranked", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("sampling_id", sa.Integer(), nullable=True),
        sa.Column("actions_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("policy_number", sa.Integer(), nullable=False),
        sa.Column("made_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actions_id"],
            ["plugin_scorecards_entry.id"],
            name=op.f("fk_plugin_scorecards_month_actions_id"),
        ),
        sa.ForeignKeyConstraint(
            ["close_id"], ["month_close.id"], name=op.f("fk_plugin_scorecards_month_close_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_scorecards_month_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["sampling_id"],
            ["plugin_scorecards_entry.id"],
            name=op.f("fk_plugin_scorecards_month_sampling_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_scorecards_month")),
        sa.UniqueConstraint(
            "person_id",
            "month",
            "number",
            name=op.f("uq_plugin_scorecards_month_person_id_month_number"),
        ),
    )
    with op.batch_alter_table("plugin_scorecards_month", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_scorecards_month_month"), ["month"], unique=False
        )
        batch_op.create_index(
            "uq_plugin_scorecards_month_current",
            ["person_id", "month"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )


def downgrade() -> None:
    with op.batch_alter_table("plugin_scorecards_month", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plugin_scorecards_month_current",
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )
        batch_op.drop_index(batch_op.f("ix_plugin_scorecards_month_month"))

    op.drop_table("plugin_scorecards_month")
    with op.batch_alter_table("plugin_scorecards_spot_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_scorecards_spot_check_person_id"))
        batch_op.drop_index(batch_op.f("ix_plugin_scorecards_spot_check_month"))

    op.drop_table("plugin_scorecards_spot_check")
    with op.batch_alter_table("plugin_scorecards_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plugin_scorecards_entry_current",
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )
        batch_op.drop_index(batch_op.f("ix_plugin_scorecards_entry_month"))

    op.drop_table("plugin_scorecards_entry")
