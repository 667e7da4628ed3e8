"""One session's page, a person's own sessions, and booking those that are open to everybody."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.clock import now
from lms.courses.blueprint import bp
from lms.courses.sessions import attendance, booking, queries
from lms.courses.sessions.models import Booking, BookingState, TrainingSession
from lms.courses.sessions.rights import actor, leads
from lms.courses.sessions.words import when
from lms.db import Localized, db
from lms.errors import DomainError, NotFound
from lms.web.errors import message


@bp.app_template_filter()
def session_time(planned: TrainingSession) -> Localized:
    """`Mon 2 Nov 2026, 14:00–15:30`."""
    return when(planned)


@bp.get("/sessions")
@access.signed_in
def sessions() -> ResponseReturnValue:
    me = viewer().person_id
    mine = queries.bookings(db.session(), Booking.person_id == me)
    known = {found.planned.id for found in mine}
    is_open = TrainingSession.programme_id.is_(None)
    found = queries.listed(db.session(), (*queries.coming(now()), is_open), limit=50)
    return render_template(
        "courses/sessions/mine.html",
        coming=[m for m in mine if m.planned.ends_at > now()],
        past=[m for m in reversed(mine) if m.planned.ends_at <= now()][:20],
        offers=[f for f in found if f.planned.id not in known],
        at=now(),
    )


@bp.get("/sessions/<int:session_id>")
@access.signed_in
def session(session_id: int) -> ResponseReturnValue:
    rows = queries.listed(db.session(), (TrainingSession.id == session_id,))
    if not rows:
        raise NotFound("There is no such session.")
    wanted = (Booking.person_id == viewer().person_id, Booking.session_id == session_id)
    mine = next(iter(queries.bookings(db.session(), *wanted)), None)
    planned = rows[0].planned
    is_booked = mine is not None and mine.booking.state == BookingState.BOOKED
    return render_template(
        "courses/sessions/session.html",
        found=rows[0],
        planned=planned,
        mine=mine,
        leads=leads(planned),
        sees_link=leads(planned) or is_booked,
        may_check_in=attendance.is_open(planned, now()),
        at=now(),
    )


@bp.post("/sessions/<int:session_id>/book")
@access.signed_in
def session_book(session_id: int) -> ResponseReturnValue:
    back = redirect(url_for("courses.session", session_id=session_id), 303)
    me = viewer().person_id
    try:
        made = booking.book(db.session(), session_id, me, actor=actor(), now=now())
    except NotFound:
        raise
    except DomainError as error:
        db.session.rollback()
        flash(message(error), "error")
        return back
    db.session.commit()
    if made.state == BookingState.WAITING:
        flash(_("You are on the waiting list; you are told as soon as you move up."), "success")
    else:
        flash(_("Your place is booked."), "success")
    return back


@bp.post("/sessions/<int:session_id>/leave")
@access.signed_in
def session_leave(session_id: int) -> ResponseReturnValue:
    me = viewer().person_id
    try:
        booking.leave(db.session(), session_id, me, actor=actor(), now=now())
    except NotFound:
        raise
    except DomainError as error:
        db.session.rollback()
        flash(message(error), "error")
    else:
        db.session.commit()
        flash(_("Your place is given back."), "success")
    return redirect(url_for("courses.session", session_id=session_id), 303)
