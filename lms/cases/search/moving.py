"""Cases that are used more, or less, than when they were indexed move to another place."""

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from lms.cases import usage
from lms.cases.models import CaseVersion
from lms.cases.search import places, segments, writing
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
    places.stand_in_line(session)
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
        found = session.scalars(select(CaseVersion).where(CaseVersion.id.in_(moved))).all()
        writing.forget(session, [version.case_id for version in found])
        writing.add(session, [(moved[version.id], version) for version in found])
    return len(moved)


def _run(session: Session, payload: dict[str, Any], now: datetime) -> None:
    settle(session, now)
    segments.tidy_daily(session)


SETTLE = Job("cases.places", _run, every=timedelta(days=1))
