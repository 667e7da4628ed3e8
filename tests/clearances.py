"""What tests ask of a person's clearance."""

from datetime import date

from sqlalchemy.orm import Session

from lms.people.clearance import clearances_on
from lms.people.models import Clearance


def clearance_on(session: Session, person_id: int, day: date) -> Clearance | None:
    """The longest-standing of those that hold on a day."""
    return next(iter(clearances_on(session, person_id, day)), None)
