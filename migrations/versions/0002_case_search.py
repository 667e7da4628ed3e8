"""the search index of published cases

Written by hand: a full-text table on each engine, and a narrow table of what is filtered and
counted, so that neither reads the long rows of `case_version`.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_search_entry",
        sa.Column("version_id", sa.Integer, sa.ForeignKey("case_version.id"), primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("case.id"), nullable=False, unique=True),
        sa.Column("stage", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("complaint_level", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(64), nullable=False),
        # The four together, because grouping by one column takes a third of the time.
        sa.Column("facets", sa.String(255), nullable=False, index=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "case_search_tag",
        sa.Column("version_id", sa.Integer, sa.ForeignKey("case_version.id"), primary_key=True),
        sa.Column("locale", sa.String(8), primary_key=True),
        sa.Column("tag", sa.String(64), primary_key=True),
    )
    op.create_index("ix_case_search_tag_tag", "case_search_tag", ["tag", "version_id"])
    op.create_index("ix_case_search_tag_locale_tag", "case_search_tag", ["locale", "tag"])
    if op.get_bind().dialect.name == "sqlite":
        # Contentless: words only. `ascii` splits at ASCII punctuation alone, so the tokens are
        # exactly those that lms.cases.words makes, as on PostgreSQL.
        op.execute(
            "CREATE VIRTUAL TABLE case_search USING fts5("
            "title, tags, body, content='', columnsize=0, detail='column', prefix='2 3', "
            "tokenize='ascii')"
        )
    else:
        op.execute(
            "CREATE TABLE case_search ("
            "version_id integer PRIMARY KEY REFERENCES case_version (id), "
            "title tsvector NOT NULL, head tsvector NOT NULL, document tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_case_search_document ON case_search USING gin (document)")


def downgrade() -> None:
    op.drop_table("case_search")
    op.drop_table("case_search_tag")
    op.drop_table("case_search_entry")
