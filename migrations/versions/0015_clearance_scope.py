"""clearance scope

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channels", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("enrolment_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_clearance_enrolment_id"), ["enrolment_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_clearance_enrolment_id"), "enrolment", ["enrolment_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_clearance_replaces_id"), "clearance", ["replaces_id"], ["id"]
        )

    with op.batch_alter_table("programme_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("clears_for", sa.String(), nullable=True))
    # The course that a clearance came of: the last one that clears and was done by then.
    op.execute(
        """
        UPDATE clearance SET enrolment_id = (
            SELECT max(e.id) FROM enrolment e
            JOIN programme_version v ON v.id = e.version_id
            WHERE e.person_id = clearance.person_id AND e.status = 'completed'
              AND v.grants_clearance AND e.ended_at <= clearance.granted_at
        )
        WHERE source = 'programme'
        """
    )


def downgrade() -> None:
    # Without its channels a clearance would be one for all of them.
    op.execute(
        "UPDATE clearance SET revoked_on = from_day "
        "WHERE channels IS NOT NULL AND revoked_on IS NULL"
    )
    with op.batch_alter_table("programme_version", schema=None) as batch_op:
        batch_op.drop_column("clears_for")

    with op.batch_alter_table("clearance", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_clearance_replaces_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_clearance_enrolment_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_clearance_enrolment_id"))
        batch_op.drop_column("replaces_id")
        batch_op.drop_column("enrolment_id")
        batch_op.drop_column("channels")
