"""Booking a place, changing to another date, giving it back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms import audit
from lms.audit import Actor
from lms.courses import queries, services
from lms.courses.models import Enrolment, StepState
from lms.courses.outline import outline
from lms.courses.services import set_step_state
from lms.courses.sessions import places
from lms.courses.sessions.models import Booking, BookingState, TrainingSession
from lms.courses.sessions.planning import one
from lms.db import Session
from lms.errors import Conflict, DomainError

StepKey = tuple[int, int]  # enrolment id, step id


def book(
    session: Session,
    planned_id: int,
    person_id: int,
    *,
    actor: Actor,
    now: datetime,
    at_the_door: bool = False,
) -> Booking:
    """A place, or one in the queue when all are taken; safe to repeat.

    A place on another date of the same step is given back with it. `at_the_door` also books a
    session that has begun, but never queues.
    """
    step = step_served(session, one(session, planned_id), person_id, now)
    key = f"step.{step[0]}.{step[1]}" if step else f"open.{planned_id}.{person_id}"
    held = _held(session, key)
    rows = places.locked_all(session, {planned_id} | ({held.session_id} if held else set()))
    if _held(session, key) is not held:
        raise Conflict("Your booking has changed in the meantime. Look again first.")
    planned = rows[planned_id]
    if held is not None and held.session_id == planned_id:
        return held
    _refuse_closed(planned, now, at_the_door)
    known = place_of(session, planned_id, person_id)
    if known is not None:
        return known
    keeps = held is not None and held.state == BookingState.BOOKED
    has_place_elsewhere = keeps and held is not None and rows[held.session_id].starts_at > now
    is_full = places.is_full(session, planned)
    if is_full and at_the_door:
        raise DomainError("All places are taken. The trainer can add places to this session.")
    if is_full and has_place_elsewhere:
        raise Conflict("This date is full now; your place on the other one stays yours.")
    if held is not None:
        let_go(session, held, rows[held.session_id], now)
    booking = Booking(
        session_id=planned_id,
        person_id=person_id,
        enrolment_id=step[0] if step else None,
        step_id=step[1] if step else None,
        state=BookingState.WAITING if is_full else BookingState.BOOKED,
        open_key=key,
        booked_at=now,
        changed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(booking)
    except IntegrityError:  # two dates of one step, chosen at the same moment
        raise Conflict("Your booking has changed in the meantime. Look again first.") from None
    if step:
        set_step_state(session, *step, StepState.SUBMITTED, now=now)
    _note(session, actor, "session.book", booking, now)
    return booking


def leave(
    session: Session, planned_id: int, person_id: int, *, actor: Actor, now: datetime
) -> None:
    """Give the place back, until the session starts; safe to repeat."""
    planned = places.locked(session, planned_id)
    booking = place_of(session, planned_id, person_id)
    if booking is None or planned.cancelled_at is not None:
        return
    if now >= planned.starts_at:
        raise DomainError("This session has begun. Talk to the trainer.")
    let_go(session, booking, planned, now)
    if booking.enrolment_id is not None and booking.step_id is not None:
        key = (booking.enrolment_id, booking.step_id)
        set_step_state(session, *key, StepState.STARTED, now=now)
    _note(session, actor, "session.leave", booking, now)


def step_served(
    session: Session, planned: TrainingSession, person_id: int, now: datetime
) -> StepKey | None:
    """The person's own step that this session is a date of; None for an open session.

    DomainError if they are not in that course, if the step is locked, or done.
    """
    if planned.programme_id is None:
        return None
    enrolment = session.scalar(
        select(Enrolment).where(
            Enrolment.person_id == person_id,
            Enrolment.programme_id == planned.programme_id,
            queries.ACTIVE,
        )
    )
    steps = outline(session, enrolment.version_id).steps if enrolment else ()
    step = next((s for s in steps if s.key == planned.step_key), None)
    if enrolment is None or step is None:
        raise DomainError("This session belongs to a course that is not under way for you.")
    _, context = services.open_step(session, person_id, enrolment.id, step.id, now)
    if context.state == StepState.COMPLETED:
        raise DomainError("You have attended this already.")
    return enrolment.id, step.id


def later_of(session: Session, booking: Booking) -> Booking | None:
    """The same step's booking on another date, which a completed step no longer needs."""
    if booking.step_id is None:
        return None
    held = _held(session, f"step.{booking.enrolment_id}.{booking.step_id}")
    return None if held is booking else held


def _held(session: Session, key: str) -> Booking | None:
    found = select(Booking).where(Booking.open_key == key)
    return session.scalar(found.execution_options(populate_existing=True))


def place_of(session: Session, planned_id: int, person_id: int) -> Booking | None:
    """The person's booking of the session, booked or waiting."""
    return session.scalar(
        select(Booking).where(
            Booking.session_id == planned_id,
            Booking.person_id == person_id,
            Booking.state != BookingState.CANCELLED,
        )
    )


def _refuse_closed(planned: TrainingSession, now: datetime, at_the_door: bool) -> None:
    if planned.cancelled_at is not None:
        raise DomainError("This session was cancelled.")
    if now >= planned.starts_at and not at_the_door:
        raise DomainError("This session has begun: places can be booked until it starts.")


def let_go(session: Session, booking: Booking, planned: TrainingSession, now: datetime) -> None:
    """The booking no longer holds its step; what has begun without it stays on the roster."""
    booking.open_key = None
    if planned.starts_at > now:
        booking.state, booking.changed_at = BookingState.CANCELLED, now
        booking.changes += 1
    session.flush()
    if planned.starts_at > now and planned.cancelled_at is None:
        places.move_up(session, planned, now)


def _note(session: Session, actor: Actor, action: str, booking: Booking, now: datetime) -> None:
    subject = ("person", booking.person_id)
    audit.record(
        session,
        actor,
        action,
        subject,
        now=now,
        session_id=booking.session_id,
        state=booking.state,
    )
