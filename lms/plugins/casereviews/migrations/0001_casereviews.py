"""case reviews

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
        "plugin_casereviews_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("question", lms.db.LocalizedType(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("facilitator_id", sa.Integer(), nullable=False),
        sa.Column("picked_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("told_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("takeaway", lms.db.LocalizedType(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_plugin_casereviews_review_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["person.id"], name=op.f("fk_plugin_casereviews_review_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["case_version.id"], name=op.f("fk_plugin_casereviews_review_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["facilitator_id"],
            ["person.id"],
            name=op.f("fk_plugin_casereviews_review_facilitator_id"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_plugin_casereviews_review_team_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["case_version.id"],
            name=op.f("fk_plugin_casereviews_review_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_casereviews_review")),
        sa.UniqueConstraint(
            "team_id",
            "monday",
            "case_id",
            name=op.f("uq_plugin_casereviews_review_team_id_monday_case_id"),
        ),
        sa.UniqueConstraint(
            "team_id",
            "monday",
            "slot",
            name=op.f("uq_plugin_casereviews_review_team_id_monday_slot"),
        ),
    )
    with op.batch_alter_table("plugin_casereviews_review", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_casereviews_review_facilitator_id"),
            ["facilitator_id"],
            unique=False,
        )
        batch_op.create_index("ix_plugin_casereviews_review_monday", ["monday"], unique=False)

    op.create_table(
        "plugin_casereviews_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("edited_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("removed_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.Column("removed_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_casereviews_comment_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["person.id"], name=op.f("fk_plugin_casereviews_comment_removed_by")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["plugin_casereviews_review.id"],
            name=op.f("fk_plugin_casereviews_comment_review_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_casereviews_comment")),
        sa.UniqueConstraint(
            "review_id",
            "person_id",
            "form_key",
            name=op.f("uq_plugin_casereviews_comment_review_id_person_id_form_key"),
        ),
    )
    with op.batch_alter_table("plugin_casereviews_comment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_casereviews_comment_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "plugin_casereviews_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("cast_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_casereviews_vote_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["plugin_casereviews_review.id"],
            name=op.f("fk_plugin_casereviews_vote_review_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_casereviews_vote")),
        sa.UniqueConstraint(
            "review_id", "person_id", name=op.f("uq_plugin_casereviews_vote_review_id_person_id")
        ),
    )
    with op.batch_alter_table("plugin_casereviews_vote", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_casereviews_vote_person_id"), ["person_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("plugin_casereviews_vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_casereviews_vote_person_id"))

    op.drop_table("plugin_casereviews_vote")
    with op.batch_alter_table("plugin_casereviews_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_casereviews_comment_person_id"))

    op.drop_table("plugin_casereviews_comment")
    with op.batch_alter_table("plugin_casereviews_review", schema=None) as batch_op:
        batch_op.drop_index("ix_plugin_casereviews_review_monday")
        batch_op.drop_index(batch_op.f("ix_plugin_casereviews_review_facilitator_id"))

    op.drop_table("plugin_casereviews_review")
