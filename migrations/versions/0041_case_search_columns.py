"""what is shown and counted of cases in the search is kept by segment

Written by hand. The ids of segments are by chance from now on; what is published is indexed anew by
`lms upgrade`.

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_INDEX = (
    "case_search_page", "case_search_segment", "case_search_word", "case_search_total",
    "case_search_entry",
)  # fmt: skip


def upgrade() -> None:
    _clear()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE case_search_segment ALTER COLUMN id TYPE bigint")
        op.execute("ALTER TABLE case_search_page ALTER COLUMN segment_id TYPE bigint")
    op.create_table(
        "case_search_column",
        sa.Column(
            "segment_id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Without what is found: the `lms upgrade` of that version fills it."""
    op.drop_table("case_search_column")
    _clear()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE case_search_segment ALTER COLUMN id TYPE integer")
        op.execute("ALTER TABLE case_search_page ALTER COLUMN segment_id TYPE integer")


def _clear() -> None:
    for table in _INDEX:
        op.execute(f"DELETE FROM {table}")
