"""What is stored about a person. Nothing in it names them, so an erasure has nothing to remove."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms.plugins.api import Session
from lms.plugins.retraining.models import Assignment


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    rows = session.execute(
        select(
            Assignment.month,
            Assignment.figure,
            Assignment.state,
            Assignment.consecutive,
            Assignment.due_on,
            Assignment.evidence,
            Assignment.created_at,
            Assignment.ended_at,
        )
        .where(Assignment.person_id == person_id)
        .order_by(Assignment.month)
    )
    return {"assignments": [{**row, "month": str(row["month"])} for row in rows.mappings()]}
