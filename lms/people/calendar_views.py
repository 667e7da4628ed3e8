"""The page on which HR keeps the working calendar."""

from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms import access
from lms.access import viewer
from lms.audit import Actor
from lms.clock import Month, local_date, now
from lms.db import db
from lms.errors import DomainError
from lms.people import calendar as calendars
from lms.people.blueprint import bp
from lms.people.forms import CalendarForm
from lms.people.organisation import zone
from lms.web.errors import message, show_on


@bp.get("/calendar")
@access.requires("people.manage")
def calendar() -> ResponseReturnValue:
    return _page()


def _page(form: CalendarForm | None = None, week_error: str = "") -> str:
    today = local_date(now(), zone())
    year = request.args.get("year", today.year, type=int)
    if not 2000 <= year <= 2100:
        abort(404)
    return render_template(
        "people/calendar.html",
        year=year,
        today=today,
        months=[Month.of(date(year, number, 1)) for number in range(1, 13)],
        calendar=calendars.calendar(db.session()),
        exceptions=calendars.of_year(db.session(), year),
        form=form or CalendarForm(formdata=None),
        week_error=week_error,
    )


@bp.post("/calendar/week")
@access.requires("people.manage")
def set_rest_days() -> ResponseReturnValue:
    chosen = request.form.getlist("days", type=int)
    actor = Actor(viewer().person_id)
    try:
        changed = calendars.set_rest_days(db.session(), chosen, actor=actor, now=now())
    except DomainError as error:
        db.session.rollback()
        return _page(week_error=message(error)), 400
    db.session.commit()
    flash(_("The weekly rest days are saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for(".calendar"), 303)


@bp.post("/calendar/days")
@access.requires("people.manage")
def set_calendar_days() -> ResponseReturnValue:
    form = CalendarForm()
    if form.validate_on_submit():
        try:
            changed = calendars.set_days(
                db.session(),
                form.first.data,
                form.last.data or form.first.data,
                is_working=form.kind.data == "working",
                name=form.name.data.strip(),
                actor=Actor(viewer().person_id),
                now=now(),
            )
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            db.session.commit()
            flash(ngettext("%(num)s date set.", "%(num)s dates set.", changed), "success")
            return redirect(url_for(".calendar", year=form.first.data.year), 303)
    return _page(form), 400


@bp.post("/calendar/days/<day>/forget")
@access.requires("people.manage")
def forget_calendar_day(day: str) -> ResponseReturnValue:
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        abort(404)
    calendars.forget(db.session(), wanted, actor=Actor(viewer().person_id), now=now())
    db.session.commit()
    flash(_("The date is an ordinary one again."), "success")
    return redirect(url_for(".calendar", year=wanted.year), 303)
