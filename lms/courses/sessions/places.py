"""The places of a session: how many are taken, and the waiting list that moves up.

Whoever takes, gives back or moves places holds the session's row until the commit, so that the
last place goes to one person. Rows are held in the order session, booking, enrolment.
"""

from datetime import datetime

from sqlalchemy import func, select

from lms.courses.sessions.models import Booking, BookingState, TrainingSession
from lms.courses.sessions.words import when
from lms.db import Localized, Session
from lms.errors import NotFound
from lms.people import notices


def locked(session: Session, planned_id: int) -> TrainingSession:
    """The session, held until the commit; NotFound if there is none."""
    return locked_all(session, {planned_id})[planned_id]


def locked_all(session: Session, planned_ids: set[int]) -> dict[int, TrainingSession]:
    """By id, held in one order, so that two who swap dates do not wait for each other."""
    found = session.scalars(
        select(TrainingSession)
        .where(TrainingSession.id.in_(planned_ids))
        .order_by(TrainingSession.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = {planned.id: planned for planned in found}
    if rows.keys() != planned_ids:
        raise NotFound("There is no such session.")
    return rows


def live(session: Session, planned_id: int) -> list[Booking]:
    """Booked and waiting, in the order in which they came."""
    here = (Booking.session_id == planned_id, Booking.state != BookingState.CANCELLED)
    return list(session.scalars(select(Booking).where(*here).order_by(Booking.id)))


def taken(session: Session, planned_id: int) -> int:
    here = (Booking.session_id == planned_id, Booking.state == BookingState.BOOKED)
    return session.scalar(select(func.count(Booking.id)).where(*here)) or 0


def is_full(session: Session, planned: TrainingSession) -> bool:
    return planned.capacity is not None and taken(session, planned.id) >= planned.capacity


def move_up(session: Session, planned: TrainingSession, now: datetime) -> None:
    """Free places go to those who wait longest, and they are told. The session's row is held."""
    queue = select(Booking).where(
        Booking.session_id == planned.id, Booking.state == BookingState.WAITING
    )
    if planned.capacity is not None:
        queue = queue.limit(max(0, planned.capacity - taken(session, planned.id)))
    lucky = session.scalars(queue.order_by(Booking.id)).all()
    for booking in lucky:
        booking.state, booking.changed_at = BookingState.BOOKED, now
        booking.changes += 1
    zh, en = planned.title.pick("zh"), planned.title.pick("en")
    text = Localized(
        f"有空位了：「{zh}」（{when(planned).zh}）你已报上",
        f"A place came free: you are booked for “{en}” ({when(planned).en})",
    )
    told = [booking.person_id for booking in lucky]
    notices.notify(session, told, "session.moved_up", text, f"/sessions/{planned.id}", now)
    session.flush()
