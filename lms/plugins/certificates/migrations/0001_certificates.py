"""certificates

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
        "plugin_certificates_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("title", lms.db.LocalizedType(), nullable=False),
        sa.Column("clears_for_duty", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_plugin_certificates_certificate_enrolment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plugin_certificates_certificate_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_certificates_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_plugin_certificates_certificate_code")),
        sa.UniqueConstraint(
            "enrolment_id", name=op.f("uq_plugin_certificates_certificate_enrolment_id")
        ),
    )
    with op.batch_alter_table("plugin_certificates_certificate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_plugin_certificates_certificate_person_id"), ["person_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("plugin_certificates_certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plugin_certificates_certificate_person_id"))

    op.drop_table("plugin_certificates_certificate")
