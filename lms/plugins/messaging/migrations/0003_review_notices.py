"""notices of case reviews are two kinds

Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW = ("case_review.opened", "case_review.closed")


def upgrade() -> None:
    # Who had chosen for the one kind there was has chosen the same for both.
    for kind in _NEW:
        op.execute(
            "INSERT INTO plugin_messaging_preference (person_id, kind, channel, is_on) "
            f"SELECT person_id, '{kind}', channel, is_on FROM plugin_messaging_preference old "
            "WHERE old.kind = 'case_review' AND NOT EXISTS (SELECT 1 FROM "
            "plugin_messaging_preference p WHERE p.person_id = old.person_id "
            f"AND p.channel = old.channel AND p.kind = '{kind}')"
        )


def downgrade() -> None:
    op.execute(
        "DELETE FROM plugin_messaging_preference "
        "WHERE kind IN ('case_review.opened', 'case_review.closed')"
    )
