"""For those who plan: the list of sessions, a new one, changing and cancelling one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from lms import access
from lms.clock import now
from lms.courses.blueprint import bp
from lms.courses.sessions import listing, planning, wanting
from lms.courses.sessions.forms import CancelForm, SessionForm, session_values
from lms.courses.sessions.rights import MANAGE, actor
from lms.db import db
from lms.errors import DomainError
from lms.i18n import pick
from lms.people.organisation import zone
from lms.web.errors import show_on
from lms.web.lists import download, here, page_url


@bp.get("/sessions/plan")
@access.requires(MANAGE)
def session_plan() -> ResponseReturnValue:
    show = request.args.get("show", "") if request.args.get("show") in listing.SHOWN else "coming"
    if request.args.get("format"):
        rows = listing.as_rows(db.session(), show, now())
        headers = [_(name) for name in listing.HEADERS]
        return download(f"sessions-{show}", headers, rows, request.args["format"])
    number = max(1, request.args.get("page", 1, type=int))
    found = listing.page(db.session(), show, now(), number)
    wanted = wanting.counts(db.session()) if show == "coming" else {}
    return render_template(
        "courses/sessions/plan.html",
        page=found,
        show=show,
        wanted=[
            (target, wanted[place])
            for target in (planning.targets(db.session()) if wanted else [])
            if (place := (target.programme_id, target.step_key)) in wanted
        ],
        here=here,
        page_url=page_url,
    )


@bp.route("/sessions/new", methods=["GET", "POST"])
@access.requires(MANAGE)
def session_new() -> ResponseReturnValue:
    targets = planning.targets(db.session())
    form = SessionForm()
    form.offer(targets)
    if request.method == "GET":
        form.facilitator.data = current_user.person.staff_no
        form.target.data = request.args.get("for", form.target.data)
        if chosen := form.chosen(targets):
            form.minutes.data = chosen.minutes
            form.place.data = pick(chosen.config.get("place", ""))
    if form.validate_on_submit():
        try:
            made = form.plan(zone())
            planned = planning.plan(
                db.session(), made, form.chosen(targets), actor=actor(), now=now()
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("The session is planned."), "success")
            return redirect(url_for("courses.session", session_id=planned.id), 303)
    page = render_template("courses/sessions/form.html", form=form, planned=None)
    return page, 400 if form.errors else 200


@bp.route("/sessions/<int:session_id>/edit", methods=["GET", "POST"])
@access.requires(MANAGE)
def session_edit(session_id: int) -> ResponseReturnValue:
    planned = planning.one(db.session(), session_id)
    form = SessionForm(data=session_values(planned, zone()))
    form.offer([])
    form.target.data = form.target.default = "open"
    if form.validate_on_submit():
        try:
            made = form.plan(zone())
            planning.change(db.session(), session_id, made, actor=actor(), now=now())
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Saved. Those with a place are told of another time or place."), "success")
            return redirect(url_for("courses.session", session_id=session_id), 303)
    page = render_template("courses/sessions/form.html", form=form, planned=planned)
    return page, 400 if form.errors else 200


@bp.route("/sessions/<int:session_id>/cancel", methods=["GET", "POST"])
@access.requires(MANAGE)
def session_cancel(session_id: int) -> ResponseReturnValue:
    planned = planning.one(db.session(), session_id)
    form = CancelForm()
    if form.validate_on_submit():
        try:
            planning.cancel(db.session(), session_id, form.reason.data, actor=actor(), now=now())
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("The session is cancelled; those who had a place are told."), "success")
            return redirect(url_for("courses.session", session_id=session_id), 303)
    page = render_template("courses/sessions/cancel.html", form=form, planned=planned)
    return page, 400 if form.errors else 200
