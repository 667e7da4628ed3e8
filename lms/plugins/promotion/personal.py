"""What is stored about a person, and what of it goes when they are erased."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select, update

from lms.plugins.api import Session
from lms.plugins.promotion.models import Nomination


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    rows = session.execute(
        select(
            Nomination.target,
            Nomination.year,
            Nomination.state,
            Nomination.reason,
            Nomination.evidence,
            Nomination.nominated_at,
            Nomination.decided_at,
            Nomination.decision_reason,
        )
        .where(Nomination.person_id == person_id)
        .order_by(Nomination.id)
    )
    return {"nominations": [dict(row) for row in rows.mappings()]}


def erase(session: Session, person_id: int) -> int:
    """What was written about them goes; that somebody was nominated and decided on stays."""
    written = or_(Nomination.reason != "", Nomination.decision_reason != "")
    about = (Nomination.person_id == person_id, written)
    changed = session.execute(
        update(Nomination).where(*about).values(reason="", decision_reason="")
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]
