"""While a person contests the month that sent them, their retraining is held.

It is neither late nor against them. Declined, it goes on with the days it was held added; upheld,
HR decides, or the month's next revision does.
"""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import Enrolment, Month, Session, appealed_months, local_date, zone
from lms.plugins.retraining.models import Assignment, AssignmentState


def hold(session: Session, person_id: int, month: Month, now: datetime) -> None:
    row = _open(session, person_id, month)
    if row is not None and row.held_at is None:
        row.held_at = now


def settle(
    session: Session, person_id: int, month: Month, now: datetime, *, is_upheld: bool
) -> None:
    """Nothing yet while another appeal against the month is undecided."""
    row = _open(session, person_id, month)
    if row is None or row.held_at is None:
        return
    if is_upheld:
        row.state = AssignmentState.REVIEW
    if month in appealed_months(session, person_id):
        return
    held = local_date(now, zone()) - local_date(row.held_at, zone())
    row.held_at = None
    row.due_on += held
    enrolment = session.get(Enrolment, row.enrolment_id) if row.enrolment_id else None
    if enrolment is not None and enrolment.ended_at is None:
        enrolment.due_on = max(enrolment.due_on, row.due_on)


def _open(session: Session, person_id: int, month: Month) -> Assignment | None:
    return session.scalar(
        select(Assignment)
        .where(
            Assignment.person_id == person_id,
            Assignment.month == month,
            Assignment.state.in_([AssignmentState.OPEN, AssignmentState.REVIEW]),
        )
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    )
