"""another appeal, once a revision changed what the first was about

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_ONCE = "uq_appeal_kind_subject_id_person_id"
_NUMBERED = "uq_appeal_kind_subject_id_person_id_number"
_SUBJECT = ["kind", "subject_id", "person_id"]


def upgrade() -> None:
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), server_default="1", nullable=False))
        batch_op.drop_constraint(_ONCE, type_="unique")
        batch_op.create_unique_constraint(_NUMBERED, [*_SUBJECT, "number"])


def downgrade() -> None:
    op.execute("DELETE FROM appeal WHERE number > 1")
    with op.batch_alter_table("appeal", schema=None) as batch_op:
        batch_op.drop_constraint(_NUMBERED, type_="unique")
        batch_op.create_unique_constraint(_ONCE, _SUBJECT)
        batch_op.drop_column("number")
