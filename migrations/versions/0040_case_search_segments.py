"""the search index in plain tables, the same on both databases

Written by hand: for each segment of cases, pages of tokens with the cases in which they stand, instead
of FTS5's table and PostgreSQL's vectors. What is published is indexed anew by `lms upgrade`.

Revision ID: 0040
Revises: 0039
"""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("DROP TABLE case_search")
    else:
        op.execute("ALTER TABLE case_search_entry DROP COLUMN document")
        op.execute("ALTER TABLE case_search_entry RESET (toast_tuple_target)")
    for table in ("case_search_word", "case_search_total", "case_search_entry"):
        op.execute(f"DELETE FROM {table}")
    op.create_table(
        "case_search_segment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("low", sa.BigInteger, nullable=False),
        sa.Column("top", sa.BigInteger, nullable=False),
        sa.Column("cases", sa.Integer, nullable=False),
        sa.Column("runs", sa.LargeBinary, nullable=False),
        sa.Column("dead", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "case_search_page",
        sa.Column("segment_id", sa.Integer, nullable=False),
        # By bytes, as the pages are in order.
        sa.Column("first", sa.String(64, collation=None if is_sqlite else "C"), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "ix_case_search_page_first", "case_search_page", ["segment_id", "first"], unique=True
    )


def downgrade() -> None:
    """The tables of 0028, empty: `lms upgrade` of that version fills them."""
    op.drop_table("case_search_page")
    op.drop_table("case_search_segment")
    for name in ("case_search", "case_search_tag"):  # which 0028 drops first
        op.execute(f"CREATE TABLE {name} (id INTEGER)")
    for table in ("case_search_word", "case_search_total"):
        op.drop_table(table)
    import_module("migrations.versions.0028_case_places").upgrade()
