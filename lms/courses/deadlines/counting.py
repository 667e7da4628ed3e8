"""The due date of a new enrolment, in calendar days or in the organisation's working days."""

from datetime import date, timedelta

from lms.courses.models import ProgrammeVersion
from lms.db import Session
from lms.people.calendar import calendar

WORKING_DAYS = "working_days"
DUE_IN = ("calendar_days", WORKING_DAYS)


def due_date(session: Session, version: ProgrammeVersion, starts_on: date) -> date:
    """The start date is day 1; in working days, the first working day from it on is.

    Two queries for working days, none else. Leave is not looked at (see `pauses`).
    """
    if version.due_in == WORKING_DAYS:
        return calendar(session).nth_working_day(starts_on, version.due_days)
    return starts_on + timedelta(days=version.due_days - 1)
