"""the search index by places

Written by hand: the index is one list of tokens for each case, found in the order in which results
are shown, beside what filters count. What is published is indexed anew by `lms upgrade`.

Revision ID: 0028
Revises: 0027
"""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("case_search")
    op.drop_table("case_search_tag")
    op.drop_table("case_search_entry")
    op.create_table(
        "case_search_entry",
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True,
                  autoincrement=False),
        sa.Column("version_id", sa.Integer, sa.ForeignKey("case_version.id"), nullable=False,
                  unique=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("case.id"), nullable=False, unique=True),
        # Stage, channel, complaint level and outcome in one: they are counted together.
        sa.Column("facets", sa.String(255), nullable=False),
        sa.Column("tags_zh", sa.Text, nullable=False),
        sa.Column("tags_en", sa.Text, nullable=False),
    )  # fmt: skip
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    # PostgreSQL sorts by bytes, as SQLite does: the tags come in the same order, and a beginning
    # is a range.
    by_bytes = None if is_sqlite else "C"
    op.create_table(
        "case_search_total",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("key", sa.String(255, collation=by_bytes), primary_key=True),
        sa.Column("cases", sa.Integer, nullable=False),
    )
    op.create_index(
        "ix_case_search_total_first", "case_search_total", ["kind", sa.text("cases DESC"), "key"]
    )
    op.create_table(
        "case_search_word",
        sa.Column("word", sa.String(64, collation=by_bytes), primary_key=True),
    )
    if is_sqlite:
        # Contentless: row ids by token, nothing else. `ascii` splits at ASCII signs alone, of which
        # tokens have none.
        op.execute(
            "CREATE VIRTUAL TABLE case_search USING fts5("
            "tokens, content='', columnsize=0, detail='none', tokenize='ascii')"
        )
    else:
        op.execute("ALTER TABLE case_search_entry ADD COLUMN document tsvector NOT NULL")
        # The documents beside the table: only their index is read.
        op.execute("ALTER TABLE case_search_entry SET (toast_tuple_target = 128)")
        op.execute(
            "CREATE INDEX ix_case_search_entry_document ON case_search_entry USING gin (document)"
        )


def downgrade() -> None:
    """The tables of 0002, empty: the version before has to publish a case to find it."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.drop_table("case_search")
    for table in ("case_search_word", "case_search_total", "case_search_entry"):
        op.drop_table(table)
    import_module("migrations.versions.0002_case_search").upgrade()
