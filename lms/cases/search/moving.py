"""Cases that are used more, or less, than when they were indexed move to another place."""

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import or_, select

from lms.cases import usage
from lms.cases.models import CaseVersion
from lms.cases.search import engines, places
from lms.cases.search.describing import described
from lms.cases.search.engines import entry
from lms.db import Session
from lms.jobs import Job

STEPS = (1, 5, 25)  # uses of a year at which a case goes up one step


def steps_used(session: Session, now: datetime) -> dict[int, int]:
    """The steps that the uses within a year give, by case id; others have none."""
    used = usage.by_case(session, now - usage.YEAR)
    return {case_id: bisect_right(STEPS, times) for case_id, times in used.items()}


def settle(session: Session, now: datetime) -> int:
    """Move the cases whose step has changed; returns how many."""
    steps = steps_used(session, now)
    placed = select(entry.c.version_id, entry.c.case_id, entry.c.place).where(
        or_(entry.c.place >= places.NUMBERS, entry.c.case_id.in_(steps))
    )
    moved = {
        version_id: places.place(steps.get(case_id, 0), place % places.NUMBERS)
        for version_id, case_id, place in session.execute(placed)
        if place // places.NUMBERS != steps.get(case_id, 0)
    }
    if moved:
        found = session.scalars(select(CaseVersion).where(CaseVersion.id.in_(moved)))
        rows = [row | {"place": moved[row["version_id"]]} for row in described(found).rows]
        session.execute(sa.delete(entry).where(entry.c.version_id.in_(moved)))
        engines.write(session, rows)
    return len(moved)


def _run(session: Session, payload: dict[str, Any], now: datetime) -> None:
    settle(session, now)


SETTLE = Job("cases.places", _run, every=timedelta(days=1))
