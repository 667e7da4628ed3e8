"""what closes from before did not count: who has a satisfaction figure, and figures of what

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_CLOSE = sa.table("month_close", sa.column("id"), sa.column("summary", sa.JSON))
_RESULT = sa.table("month_result", sa.column("close_id"), sa.column("csat_rank"))
_FIGURE = sa.table("month_figure", sa.column("close_id"), sa.column("metric"))


def upgrade() -> None:
    # Otherwise every start page counts them, for each of twelve months.
    connection = op.get_bind()
    for close_id, summary in connection.execute(sa.select(_CLOSE.c.id, _CLOSE.c.summary)).all():
        if "ranked" not in summary:
            continue
        rated = sa.select(sa.func.count(_RESULT.c.csat_rank)).where(_RESULT.c.close_id == close_id)
        known = sa.select(_FIGURE.c.metric).where(_FIGURE.c.close_id == close_id).distinct()
        ranked = {**summary["ranked"], "csat": connection.scalar(rated)}
        counted = {**summary, "ranked": ranked, "metrics": sorted(connection.scalars(known))}
        change = sa.update(_CLOSE).where(_CLOSE.c.id == close_id).values(summary=counted)
        connection.execute(change)


def downgrade() -> None:
    pass
