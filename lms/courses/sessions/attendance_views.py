"""The roster for whoever leads a session, the rotating code, and checking in with it."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user
from sqlalchemy import select

from lms import access
from lms.access import viewer
from lms.clock import now
from lms.courses.blueprint import bp
from lms.courses.sessions import attendance, booking, codes, queries
from lms.courses.sessions.models import AttendanceState, Booking
from lms.courses.sessions.planning import one
from lms.courses.sessions.rights import actor, led_session
from lms.db import db
from lms.errors import DomainError, NotFound
from lms.people.models import Person
from lms.web.addresses import public_url
from lms.web.errors import message
from lms.web.security import limiter


@bp.get("/sessions/<int:session_id>/roster")
@access.signed_in
def session_roster(session_id: int) -> ResponseReturnValue:
    return _roster(session_id)


def _roster(session_id: int, problem: str = "", code: int = 200) -> ResponseReturnValue:
    planned = led_session(session_id)
    people = queries.roster(db.session(), session_id)
    page = render_template(
        "courses/sessions/roster.html",
        planned=planned,
        booked=[entry for entry in people if entry.booking.state == "booked"],
        waiting=[entry for entry in people if entry.booking.state == "waiting"],
        has_opened=attendance.has_opened(planned, now()),
        is_open=attendance.is_open(planned, now()),
        problem=problem,
    )
    return page, code


@bp.post("/sessions/<int:session_id>/attendance")
@access.signed_in
def session_attendance(session_id: int) -> ResponseReturnValue:
    """One person's attendance, or (without a booking) that of everybody not recorded yet."""
    led_session(session_id)
    state = request.form.get("state", "")
    booking_id = request.form.get("booking", type=int)
    try:
        if state not in set(AttendanceState):
            raise DomainError("Choose present, partly or absent.")
        if booking_id is None:
            attendance.record_rest(
                db.session(), session_id, AttendanceState(state), actor=actor(), now=now()
            )
        else:
            _own_booking(session_id, booking_id)
            attendance.record(
                db.session(),
                booking_id,
                AttendanceState(state),
                request.form.get("minutes", type=int),
                reason=request.form.get("reason", "")[:500],
                actor=actor(),
                now=now(),
            )
        db.session.commit()
    except NotFound:
        raise
    except DomainError as error:
        db.session.rollback()
        return _roster(session_id, message(error), 400)
    return redirect(url_for("courses.session_roster", session_id=session_id), 303)


def _own_booking(session_id: int, booking_id: int) -> None:
    found = db.session.get(Booking, booking_id)
    if found is None or found.session_id != session_id:
        raise NotFound("There is no such booking.")


@bp.post("/sessions/<int:session_id>/people")
@access.signed_in
def session_add(session_id: int) -> ResponseReturnValue:
    """Somebody who came without a place gets one, if there is one."""
    led_session(session_id)
    staff_no = request.form.get("staff_no", "").strip()[:64]
    here = (Person.staff_no == staff_no, Person.left_on.is_(None))
    person = db.session.scalar(select(Person).where(*here))
    try:
        if person is None:
            raise DomainError("Nobody here has this staff number.")
        booking.book(
            db.session(), session_id, person.id, actor=actor(), now=now(), at_the_door=True
        )
        db.session.commit()
    except NotFound:
        raise
    except DomainError as error:
        db.session.rollback()
        return _roster(session_id, message(error), 400)
    flash(_("%(name)s is on the roster.", name=person.name), "success")
    return redirect(url_for("courses.session_roster", session_id=session_id), 303)


@bp.get("/sessions/<int:session_id>/code")
@access.signed_in
def session_code(session_id: int) -> ResponseReturnValue:
    """The code for the big screen; the page asks for the next one by itself."""
    import segno

    planned = led_session(session_id)
    key, at = _key(), now()
    link = public_url(
        "courses.session_check_in",
        session_id=session_id,
        code=codes.link_code(key, session_id, at),
    )
    drawn = segno.make(link, error="m", micro=False)
    return render_template(
        "courses/sessions/code.html",
        planned=planned,
        is_open=attendance.is_open(planned, at),
        svg=drawn.svg_inline(scale=8, border=2, light="#fff", omitsize=True),
        digits=codes.digits(key, session_id, at),
        count=attendance.attendance_of(db.session(), [session_id])[session_id],
        seconds=codes.SECONDS,
    )


def _each_person() -> str:
    """Of a limit: a class behind one address must not use up one another's tries."""
    signed_in = current_user.is_authenticated
    return f"person-{current_user.person.id}" if signed_in else get_remote_address()


@bp.route("/sessions/<int:session_id>/check-in", methods=["GET", "POST"])
@limiter.limit("6 per minute; 40 per hour", methods=["POST"], key_func=_each_person)
@access.signed_in
def session_check_in(session_id: int) -> ResponseReturnValue:
    planned = one(db.session(), session_id)
    given = request.values.get("code", "")[:64]
    problem = ""
    if request.method == "POST":
        try:
            codes.check(_key(), session_id, given, now())
            attendance.check_in(db.session(), session_id, viewer().person_id, now=now())
        except DomainError as error:
            db.session.rollback()
            problem = message(error)
        else:
            db.session.commit()
            flash(_("You are checked in."), "success")
            return redirect(url_for("courses.session", session_id=session_id), 303)
    page = render_template(
        "courses/sessions/check_in.html",
        planned=planned,
        is_open=attendance.is_open(planned, now()),
        scanned=given if "-" in given and not problem else "",
        given=given if "-" not in given else "",
        problem=problem,
    )
    return page, 400 if problem else 200


def _key() -> bytes:
    return str(current_app.secret_key).encode()
