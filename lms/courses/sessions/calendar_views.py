"""The page with the address of one's own calendar, and the calendar at that address."""

from flask import Response, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.clock import now
from lms.courses.blueprint import bp
from lms.courses.sessions import address, feed
from lms.courses.sessions.models import CalendarFeed
from lms.courses.sessions.rights import actor
from lms.db import db
from lms.web.addresses import public_url
from lms.web.security import limiter

# Shown once, on the page after the button; the cookie is the person's own.
_FRESH = "calendar_fresh"


@bp.get("/me/calendar")
@access.signed_in
def calendar() -> ResponseReturnValue:
    token = session.pop(_FRESH) if _FRESH in session else None
    link = public_url("courses.calendar_feed", token=token) if token else None
    return render_template(
        "courses/sessions/calendar.html",
        link=link,
        webcal=link.replace("http", "webcal", 1).replace("webcals", "webcal", 1) if link else None,
        feed=db.session.get(CalendarFeed, viewer().person_id),
    )


@bp.post("/me/calendar")
@access.signed_in
def calendar_renew() -> ResponseReturnValue:
    session[_FRESH] = address.renew(db.session(), viewer().person_id, actor=actor(), now=now())
    db.session.commit()
    return redirect(url_for("courses.calendar"), 303)


@bp.post("/me/calendar/stop")
@access.signed_in
def calendar_stop() -> ResponseReturnValue:
    address.stop(db.session(), viewer().person_id, actor=actor(), now=now())
    db.session.commit()
    flash(_("The address no longer works."), "success")
    return redirect(url_for("courses.calendar"), 303)


@bp.get("/calendar/<token>.ics")
@limiter.limit("60 per minute")
@access.public
def calendar_feed(token: str) -> ResponseReturnValue:
    """An address that is nobody's looks like a page that is not there."""
    found = address.owner_of(db.session(), token)
    if found is None:
        abort(404)
    body = feed.calendar(
        db.session(),
        *found,
        now(),
        lambda i: public_url("courses.session", session_id=i),
        lambda i: public_url("courses.programme", enrolment_id=i),
    )
    response = Response(body, mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response.add_etag()
    return response.make_conditional(request)
