"""Places of people who do not come any more go to those who wait."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from lms.audit import SYSTEM
from lms.courses.models import Enrolment, EnrolmentStatus
from lms.courses.sessions.booking import leave
from lms.courses.sessions.models import Booking, BookingState, TrainingSession
from lms.db import Session
from lms.people.models import Person


def release_unused(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Of coming sessions: who has left, and whose course was cancelled."""
    rows = session.execute(
        select(Booking.session_id, Booking.person_id)
        .join(TrainingSession, TrainingSession.id == Booking.session_id)
        .join(Person, Person.id == Booking.person_id)
        .outerjoin(Enrolment, Enrolment.id == Booking.enrolment_id)
        .where(
            Booking.state != BookingState.CANCELLED,
            TrainingSession.starts_at > now,
            TrainingSession.cancelled_at.is_(None),
            or_(Person.left_on.is_not(None), Enrolment.status == EnrolmentStatus.CANCELLED),
        )
        .order_by(Booking.session_id, Booking.id)
    ).all()
    for planned_id, person_id in rows:
        leave(session, planned_id, person_id, actor=SYSTEM, now=now)
