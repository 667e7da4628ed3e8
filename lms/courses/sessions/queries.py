"""Reading sessions with their places: for a step, for a person, for those who plan them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    UnaryExpression,
    and_,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.orm import joinedload

from lms.courses.sessions.models import (
    Attendance,
    AttendanceState,
    Booking,
    BookingState,
    TrainingSession,
)
from lms.db import Session
from lms.people.models import Person, Team


class Listed(NamedTuple):
    """A session with how many are booked, wait, and were there (present or partly)."""

    planned: TrainingSession
    booked: int
    waiting: int
    attended: int

    @property
    def free(self) -> int | None:
        """Free places; None without a limit."""
        capacity = self.planned.capacity
        return None if capacity is None else max(0, capacity - self.booked)


class Mine(NamedTuple):
    """A person's booking of a session, and what is known of their attendance."""

    booking: Booking
    planned: TrainingSession
    attendance: Attendance | None


def _count(state: str) -> ScalarSelect[int]:
    here = (Booking.session_id == TrainingSession.id, Booking.state == state)
    return select(func.count(Booking.id)).where(*here).scalar_subquery()


_WAS_THERE = (AttendanceState.PRESENT, AttendanceState.PARTLY)
_ATTENDED = (
    select(func.count(Attendance.id))
    .join(Booking, Booking.id == Attendance.booking_id)
    .where(
        Booking.session_id == TrainingSession.id,
        Attendance.superseded_at.is_(None),
        Attendance.state.in_(_WAS_THERE),
    )
    .scalar_subquery()
)
_LISTED = select(
    TrainingSession, _count(BookingState.BOOKED), _count(BookingState.WAITING), _ATTENDED
).options(joinedload(TrainingSession.facilitator))


def listed(
    session: Session,
    where: Iterable[ColumnElement[bool]],
    *,
    order: ColumnElement[datetime] | UnaryExpression[datetime] | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[Listed]:
    """One query; soonest first unless ordered otherwise."""
    first = TrainingSession.starts_at.expression if order is None else order
    rows = _LISTED.where(*where).order_by(first, TrainingSession.id)
    return [Listed(*row) for row in session.execute(rows.limit(limit).offset(offset))]


def counted(session: Session, where: Iterable[ColumnElement[bool]]) -> int:
    return session.scalar(select(func.count(TrainingSession.id)).where(*where)) or 0


def coming(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Not over yet, and not cancelled."""
    return (TrainingSession.ends_at > now, TrainingSession.cancelled_at.is_(None))


def dates_of_step(
    session: Session, programme_id: int, step_key: str, now: datetime
) -> list[Listed]:
    """The dates of a step that have not begun."""
    return listed(
        session,
        (
            TrainingSession.programme_id == programme_id,
            TrainingSession.step_key == step_key,
            TrainingSession.starts_at > now,
            TrainingSession.cancelled_at.is_(None),
        ),
        limit=20,
    )


_MINE = (
    select(Booking, TrainingSession, Attendance)
    .join(TrainingSession, TrainingSession.id == Booking.session_id)
    .outerjoin(
        Attendance, and_(Attendance.booking_id == Booking.id, Attendance.superseded_at.is_(None))
    )
    .where(Booking.state != BookingState.CANCELLED)
    .order_by(TrainingSession.starts_at, TrainingSession.id)
)


def bookings(session: Session, *where: ColumnElement[bool]) -> list[Mine]:
    """Bookings that hold, soonest first; `where` over Booking and TrainingSession."""
    return [Mine(*row) for row in session.execute(_MINE.where(*where))]


_NEXT = _MINE.where(
    Booking.person_id == bindparam("person_id"),
    Booking.state == BookingState.BOOKED,
    TrainingSession.ends_at > bindparam("now", type_=TrainingSession.ends_at.type),
    TrainingSession.cancelled_at.is_(None),
).limit(1)


def next_booked(session: Session, person_id: int, now: datetime) -> Mine | None:
    """The session the person has a place in that comes next, or runs now."""
    row = session.execute(_NEXT, {"person_id": person_id, "now": now}).first()
    return Mine(*row) if row else None


class Entry(NamedTuple):
    """One line of a roster."""

    booking: Booking
    person: Person
    team: str | None
    attendance: Attendance | None


def roster(session: Session, planned_id: int) -> list[Entry]:
    """Everybody booked or waiting: by staff number, those who wait by their turn; one query."""
    is_waiting = Booking.state == BookingState.WAITING
    rows = session.execute(
        select(Booking, Person, Team.name, Attendance)
        .join(Person, Person.id == Booking.person_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(
            Attendance,
            and_(Attendance.booking_id == Booking.id, Attendance.superseded_at.is_(None)),
        )
        .where(Booking.session_id == planned_id, Booking.state != BookingState.CANCELLED)
        .order_by(case((is_waiting, Booking.id), else_=0), Person.staff_no)
    )
    return [Entry(*row) for row in rows]
