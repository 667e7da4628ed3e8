"""Certificates end, are revoked and replaced, and are signed

Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import lms.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLE = "plugin_certificates_certificate"
_ISSUER_BEFORE = {"zh": "客服学堂", "en": "Service Academy"}


def upgrade() -> None:
    op.create_table(
        "plugin_certificates_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", lms.db.LocalizedType(), nullable=False),
        sa.Column("office", lms.db.LocalizedType(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("has_picture", sa.Boolean(), nullable=False),
        sa.Column("created_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["person.id"],
            name=op.f("fk_plugin_certificates_signature_created_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_certificates_signature")),
    )
    op.create_table(
        "plugin_certificates_terms",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("grants", sa.Boolean(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_plugin_certificates_terms_programme_id"),
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_plugin_certificates_terms")),
    )
    op.create_table(
        "plugin_certificates_reminder",
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("sent_at", lms.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            [f"{_TABLE}.id"],
            name=op.f("fk_plugin_certificates_reminder_certificate_id"),
        ),
        sa.PrimaryKeyConstraint(
            "certificate_id", "stage", name=op.f("pk_plugin_certificates_reminder")
        ),
    )
    with op.batch_alter_table(_TABLE) as batch_op:
        batch_op.add_column(sa.Column("issuer", lms.db.LocalizedType(), nullable=True))
        batch_op.add_column(sa.Column("signature_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("expires_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("revoked_at", lms.db.UTCDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(
            sa.Column("revoked_reason", sa.String(), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("superseded_at", lms.db.UTCDateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("superseded_by_id", sa.Integer(), nullable=True))
    _name_the_issuer()
    with op.batch_alter_table(_TABLE) as batch_op:
        batch_op.alter_column("issuer", existing_type=lms.db.LocalizedType(), nullable=False)
        batch_op.alter_column("revoked_reason", existing_type=sa.String(), server_default=None)
        batch_op.drop_constraint("uq_plugin_certificates_certificate_enrolment_id", type_="unique")
        batch_op.create_index(
            "uq_plugin_certificates_current",
            ["enrolment_id"],
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_plugin_certificates_certificate_expires_on"), ["expires_on"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_plugin_certificates_certificate_signature_id"),
            "plugin_certificates_signature",
            ["signature_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_plugin_certificates_certificate_superseded_by_id"),
            _TABLE,
            ["superseded_by_id"],
            ["id"],
        )


def _name_the_issuer() -> None:
    """Those issued before name who they came from: the organisation as it is called now."""
    organisation = sa.table("organisation", sa.column("name", lms.db.LocalizedType()))
    certificate = sa.table(_TABLE, sa.column("issuer", lms.db.LocalizedType()))
    name = op.get_bind().scalar(sa.select(organisation.c.name).limit(1))
    issuer = name or lms.db.Localized.of(_ISSUER_BEFORE)
    op.execute(sa.update(certificate).values(issuer=issuer))


def downgrade() -> None:
    op.drop_table("plugin_certificates_reminder")
    with op.batch_alter_table(_TABLE) as batch_op:
        batch_op.drop_constraint(
            "fk_plugin_certificates_certificate_superseded_by_id", type_="foreignkey"
        )
        batch_op.drop_constraint(
            "fk_plugin_certificates_certificate_signature_id", type_="foreignkey"
        )
        batch_op.drop_index("uq_plugin_certificates_current")
        batch_op.drop_index("ix_plugin_certificates_certificate_expires_on")
    # Of one enrolment there is room for one certificate: the one that holds.
    op.execute(sa.text(f"DELETE FROM {_TABLE} WHERE superseded_at IS NOT NULL"))
    with op.batch_alter_table(_TABLE) as batch_op:
        batch_op.create_unique_constraint(
            "uq_plugin_certificates_certificate_enrolment_id", ["enrolment_id"]
        )
        for column in (
            "superseded_by_id", "superseded_at", "revoked_reason", "revoked_at", "expires_on",
            "signature_id", "issuer",
        ):  # fmt: skip
            batch_op.drop_column(column)
    op.drop_table("plugin_certificates_terms")
    op.drop_table("plugin_certificates_signature")
