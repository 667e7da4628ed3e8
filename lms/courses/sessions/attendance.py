"""Who was there: recorded by whoever leads the session, or by the code on their screen.

`present` counts all of a session's minutes; `partly` those that were entered.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, case, func, select

from lms import audit
from lms.audit import Actor
from lms.courses.models import StepState
from lms.courses.outline import step_config
from lms.courses.services import set_step_state
from lms.courses.sessions import booking as bookings
from lms.courses.sessions import places
from lms.courses.sessions.models import (
    Attendance,
    AttendanceState,
    Booking,
    BookingState,
    TrainingSession,
)
from lms.courses.sessions.planning import one
from lms.db import Session
from lms.errors import Conflict, DomainError, NotFound

# From before the start to after the end the code works, and records are changed without a reason.
AROUND = timedelta(minutes=30)


class Count(NamedTuple):
    """Of a session's booked people; `minutes` is the sum over those who were there."""

    booked: int = 0
    present: int = 0
    partly: int = 0
    absent: int = 0
    minutes: int = 0

    @property
    def attended(self) -> int:
        return self.present + self.partly


# What holds of a booking, and the columns of a `Count` over bookings.
CURRENT = and_(Attendance.booking_id == Booking.id, Attendance.superseded_at.is_(None))
COUNTED = (
    func.count(Booking.id),
    *(
        func.coalesce(func.sum(case((Attendance.state == state, 1), else_=0)), 0)
        for state in (AttendanceState.PRESENT, AttendanceState.PARTLY, AttendanceState.ABSENT)
    ),
    func.coalesce(func.sum(Attendance.minutes), 0),
)


def attendance_of(session: Session, session_ids: Iterable[int]) -> dict[int, Count]:
    """By session id, also for those that nobody booked; one query."""
    wanted = set(session_ids)
    rows = session.execute(
        select(
            Booking.session_id,
            *COUNTED,
        )
        .outerjoin(Attendance, CURRENT)
        .where(Booking.session_id.in_(wanted), Booking.state == BookingState.BOOKED)
        .group_by(Booking.session_id)
    )
    found = {row[0]: Count(*row[1:]) for row in rows}
    return {session_id: found.get(session_id, Count()) for session_id in wanted}


def has_opened(planned: TrainingSession, now: datetime) -> bool:
    return planned.cancelled_at is None and now >= planned.starts_at - AROUND


def is_open(planned: TrainingSession, now: datetime) -> bool:
    """Whether people can check in now."""
    return has_opened(planned, now) and now <= planned.ends_at + AROUND


def record(
    session: Session,
    booking_id: int,
    state: AttendanceState,
    minutes: int | None = None,
    *,
    reason: str = "",
    actor: Actor,
    now: datetime,
    via: str = "roster",
) -> Attendance:
    """What is known now; safe to repeat. A change afterwards needs a reason, the old row stays.

    Enough minutes complete the step (`minimum_minutes` of its config, else presence all through);
    otherwise the learner books again.
    """
    booking, planned, later = _held(session, booking_id)
    if not has_opened(planned, now):
        raise DomainError("Attendance is taken from half an hour before the start.")
    if booking.state != BookingState.BOOKED:
        raise DomainError("This person has no place in the session.")
    counted = _minutes(planned, state, minutes)
    known = session.scalar(
        select(Attendance).where(
            Attendance.booking_id == booking_id, Attendance.superseded_at.is_(None)
        )
    )
    if known is not None and (known.state, known.minutes) == (state, counted):
        return known
    is_late = known is not None and not is_open(planned, now)
    if is_late and len(reason.strip()) < 5:
        raise DomainError("Write the reason for the correction.", field="reason")
    if known is not None:
        known.superseded_at = now
        session.flush()
    row = Attendance(
        booking_id=booking_id,
        person_id=booking.person_id,
        state=state,
        minutes=counted,
        via=via,
        reason=reason.strip(),
        recorded_by=actor.person_id,
        recorded_at=now,
    )
    session.add(row)
    audit.record(
        session,
        actor,
        "attendance.correct" if known else "attendance.record",
        ("person", booking.person_id),
        now=now,
        reason=reason.strip(),
        session_id=planned.id,
        via=via,
        old=[known.state, known.minutes] if known else None,
        new=[state, counted],
    )
    _settle(session, booking, planned, row, later, now)
    session.flush()
    return row


def record_rest(
    session: Session, planned_id: int, state: AttendanceState, *, actor: Actor, now: datetime
) -> int:
    """The same for everybody booked of whom nothing is known; returns how many."""
    unknown = (
        select(Booking.id)
        .outerjoin(Attendance, CURRENT)
        .where(
            Booking.session_id == planned_id,
            Booking.state == BookingState.BOOKED,
            Attendance.id.is_(None),
        )
        .order_by(Booking.id)
    )
    ids = session.scalars(unknown).all()
    for booking_id in ids:
        record(session, booking_id, state, actor=actor, now=now)
    return len(ids)


def check_in(session: Session, planned_id: int, person_id: int, *, now: datetime) -> Booking:
    """The person is there, by the code they showed (checked before); safe to repeat.

    Somebody without a place gets one if there is one. What a trainer recorded stands.
    """
    planned = one(session, planned_id)
    if not is_open(planned, now):
        raise DomainError("You can check in from half an hour before the start to half an hour "
                          "after the end.")  # fmt: skip
    actor = Actor(person_id)
    booking = bookings.place_of(session, planned_id, person_id)
    if booking is None:
        booking = bookings.book(
            session, planned_id, person_id, actor=actor, now=now, at_the_door=True
        )
    if booking.state != BookingState.BOOKED:
        raise Conflict("You are on the waiting list. The trainer can give you a place.")
    known = select(Attendance.via).where(
        Attendance.booking_id == booking.id, Attendance.superseded_at.is_(None)
    )
    via = session.scalar(known)
    if via == "roster":
        raise Conflict("The trainer has recorded your attendance already.")
    if via is None:
        record(session, booking.id, AttendanceState.PRESENT, actor=actor, now=now, via="code")
    return booking


def _held(
    session: Session, booking_id: int
) -> tuple[Booking, TrainingSession, tuple[Booking, TrainingSession] | None]:
    """The booking with its session, and the same step's booking of a later date with its own;
    the sessions' rows first, as everywhere."""
    booking = session.get(Booking, booking_id)
    if booking is None:
        raise NotFound("There is no such booking.")
    later = bookings.later_of(session, booking)
    rows = places.locked_all(
        session, {booking.session_id} | ({later.session_id} if later else set())
    )
    locked = select(Booking).where(Booking.id == booking_id).with_for_update()
    booking = session.scalars(locked.execution_options(populate_existing=True)).one()
    return booking, rows[booking.session_id], (later, rows[later.session_id]) if later else None


def _minutes(planned: TrainingSession, state: AttendanceState, minutes: int | None) -> int:
    if state is AttendanceState.PRESENT:
        return planned.minutes
    if state is AttendanceState.ABSENT:
        return 0
    if minutes is None or not 1 <= minutes < planned.minutes:
        raise DomainError(
            "Enter how many minutes: between %(low)s and %(high)s.",
            field="minutes",
            low=1,
            high=planned.minutes - 1,
        )
    return minutes


def _settle(
    session: Session,
    booking: Booking,
    planned: TrainingSession,
    row: Attendance,
    later: tuple[Booking, TrainingSession] | None,
    now: datetime,
) -> None:
    """Complete the step, or open it for another date."""
    booking.open_key = None
    if booking.enrolment_id is None or booking.step_id is None:
        return
    least = step_config(session, booking.step_id).get("minimum_minutes")
    is_done = row.state == AttendanceState.PRESENT if least is None else row.minutes >= least
    if is_done and later is not None:
        bookings.let_go(session, later[0], later[1], now)
    again = StepState.SUBMITTED if later else StepState.FAILED
    data = {"session": planned.id, "minutes": row.minutes}
    key = (booking.enrolment_id, booking.step_id)
    set_step_state(session, *key, StepState.COMPLETED if is_done else again, now=now, data=data)
