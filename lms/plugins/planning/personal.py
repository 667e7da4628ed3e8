"""What is stored about a person: what they are responsible for in the plan."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms.plugins.api import Session
from lms.plugins.planning.models import PlanEntry


def export(session: Session, person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    found = session.scalars(
        select(PlanEntry).where(PlanEntry.responsible_id == person_id).order_by(PlanEntry.month)
    )
    return {
        "responsible_for": [
            {"month": str(entry.month), "title": entry.title.pick("zh"), "status": entry.status}
            for entry in found
        ]
    }
