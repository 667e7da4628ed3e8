"""exams

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
        "plugin_exams_bank",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", lms.db.LocalizedType(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_bank")),
        sa.UniqueConstraint("key", name=op.f("uq_plugin_exams_bank_key")),
    )
    op.create_table(
        "plugin_exams_exam",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", lms.db.LocalizedType(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=True),
        sa.Column("cooldown_minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["plugin_exams_bank.id"], name=op.f("fk_plugin_exams_exam_bank_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_exam")),
        sa.UniqueConstraint("key", name=op.f("uq_plugin_exams_exam_key")),
    )
    with op.batch_alter_table("plugin_exams_exam", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plugin_exams_exam_bank_id"), ["bank_id"], unique=False)

    op.create_table(
        "plugin_exams_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("difficulty", sa.Integer(), nullable=False),
        sa.Column("current_number", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["plugin_exams_bank.id"], name=op.f("fk_plugin_exams_question_bank_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_question")),
        sa.UniqueConstraint("bank_id", "key", name=op.f("uq_plugin_exams_question_bank_id_key")),
    )
    op.create_table(
        "plugin_exams_question_tag",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["plugin_exams_question.id"],
            name=op.f("fk_plugin_exams_question_tag_question_id"),
        ),
        sa.PrimaryKeyConstraint("question_id", "tag", name=op.f("pk_plugin_exams_question_tag")),
    )
    with op.batch_alter_table("plugin_exams_question_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plugin_exams_question_tag_tag"), ["tag"], unique=False)

    op.create_table(
        "plugin_exams_question_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("stem", lms.db.LocalizedType(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("explanation", lms.db.LocalizedType(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["plugin_exams_question.id"],
            name=op.f("fk_plugin_exams_question_version_question_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_question_version")),
        sa.UniqueConstraint(
            "question_id",
            "number",
            name=op.f("uq_plugin_exams_question_version_question_id_number"),
        ),
    )
    op.create_table(
        "plugin_exams_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("started_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("deadline", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_plugin_exams_attempt_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["exam_id"], ["plugin_exams_exam.id"], name=op.f("fk_plugin_exams_attempt_exam_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_exams_attempt_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["step.id"], name=op.f("fk_plugin_exams_attempt_step_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_exams_attempt")),
        sa.UniqueConstraint(
            "enrolment_id",
            "step_id",
            "number",
            name=op.f("uq_plugin_exams_attempt_enrolment_id_step_id_number"),
        ),
    )
    with op.batch_alter_table("plugin_exams_attempt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_plugin_exams_attempt_exam", ["exam_id", "submitted_at"], unique=False
        )
        batch_op.create_index(
            "ix_plugin_exams_attempt_open",
            ["deadline"],
            unique=False,
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_exams_attempt_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_exams_attempt_step_id"), ["step_id"], unique=False
        )
        batch_op.create_index(
            "ix_plugin_exams_attempt_submitted_at", ["submitted_at"], unique=False
        )

    op.create_table(
        "plugin_exams_response",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("option_order", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", lms.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("is_correct", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["plugin_exams_attempt.id"],
            name=op.f("fk_plugin_exams_response_attempt_id"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["plugin_exams_question_version.id"],
            name=op.f("fk_plugin_exams_response_version_id"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_plugin_exams_response")),
    )
    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_exams_response_version_id"), ["version_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("plugin_exams_response", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_exams_response_version_id"))

    op.drop_table("plugin_exams_response")
    with op.batch_alter_table("plugin_exams_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_plugin_exams_attempt_submitted_at")
        batch_op.drop_index(batch_op.f("ix_plugin_exams_attempt_step_id"))
        batch_op.drop_index(batch_op.f("ix_plugin_exams_attempt_person_id"))
        batch_op.drop_index(
            "ix_plugin_exams_attempt_open",
            sqlite_where=sa.text("submitted_at IS NULL"),
            postgresql_where=sa.text("submitted_at IS NULL"),
        )
        batch_op.drop_index("ix_plugin_exams_attempt_exam")

    op.drop_table("plugin_exams_attempt")
    op.drop_table("plugin_exams_question_version")
    with op.batch_alter_table("plugin_exams_question_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_exams_question_tag_tag"))

    op.drop_table("plugin_exams_question_tag")
    op.drop_table("plugin_exams_question")
    with op.batch_alter_table("plugin_exams_exam", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_exams_exam_bank_id"))

    op.drop_table("plugin_exams_exam")
    op.drop_table("plugin_exams_bank")
