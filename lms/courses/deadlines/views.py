"""Pages: the exceptions report, asking for more time, deciding on it."""

from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms import access, policies
from lms.access import viewer
from lms.audit import Actor
from lms.clock import local_date, now
from lms.courses import queries
from lms.courses.blueprint import bp
from lms.courses.deadlines import extensions, report
from lms.courses.deadlines.forms import DecisionForm, ExtensionForm
from lms.courses.deadlines.models import ExtensionRequest
from lms.courses.deadlines.policy import DEADLINES
from lms.courses.models import Enrolment
from lms.db import db
from lms.errors import DomainError
from lms.i18n import pick
from lms.people import directory
from lms.people.models import Person
from lms.people.organisation import zone
from lms.web.errors import show_on
from lms.web.lists import download, here, page_url


def _today() -> date:
    return local_date(now(), zone())


@bp.get("/exceptions")
@access.requires("people.view")
def exceptions() -> ResponseReturnValue:
    """Who is overdue, stuck, failed twice, refused clearance, or asks for more time."""
    who = viewer()
    if not who.may("progress.view", access.Scope.TEAM):
        abort(403)
    asked, scope = request.args, who.clause("progress.view")
    kind = asked.get("show", report.OVERDUE)
    file = asked.get("format")
    found = report.report(
        db.session(),
        scope & (Person.id != who.person_id),
        kind if kind in report.KINDS else report.OVERDUE,
        now=now(),
        today=_today(),
        stuck_days=policies.in_force(db.session(), DEADLINES)["stuck_days"],
        team_id=asked.get("team", type=int),
        page=None if file else max(1, asked.get("page", 1, type=int)),
    )
    if file:
        return download(_("exceptions-%(kind)s", kind=kind), _header(), _lines(found), file)
    return render_template(
        "courses/exceptions.html", found=found, kind=kind, today=_today(),
        teams=directory.teams(db.session(), scope), team_id=asked.get("team", type=int),
        here=here, page_url=page_url,
    )  # fmt: skip


def _header() -> list[str]:
    return [
        _("Staff number"), _("Name"), _("Team"), _("Course"), _("Began"), _("Due"),
        _("Steps done"), _("Steps"), _("Last active"), _("Remark"),
    ]  # fmt: skip


def _lines(found: report.Report) -> list[list[object]]:
    return [
        [
            row.person.staff_no,
            row.person.name,
            row.team or "",
            pick(row.title),
            row.enrolment.starts_on.isoformat(),
            row.enrolment.due_on.isoformat(),
            row.done,
            row.total,
            local_date(row.last_at, zone()).isoformat() if row.last_at else "",
            row.request.reason if row.request else "; ".join(map(pick, row.why)),
        ]
        for row in found.rows
    ]


@bp.route("/courses/<int:enrolment_id>/extension", methods=["GET", "POST"])
@access.signed_in
def extension(enrolment_id: int) -> ResponseReturnValue:
    """The learner's own request."""
    found = queries.one(db.session(), enrolment_id, _today())
    if found.enrolment.person_id != viewer().person_id:
        abort(404)
    form = ExtensionForm()
    if form.validate_on_submit():
        try:
            extensions.ask(
                db.session(),
                enrolment_id,
                viewer().person_id,
                wanted_on=form.wanted_on.data,
                reason=form.reason.data,
                today=_today(),
                now=now(),
            )
        except DomainError as error:
            show_on(form, error)
            found = queries.one(db.session(), enrolment_id, _today())
        else:
            db.session.commit()
            flash(_("Asked. You will be told of the decision."), "success")
            return redirect(url_for(".programme", enrolment_id=enrolment_id), 303)
    page = render_template(
        "courses/extension.html", found=found, form=form,
        request=extensions.latest(db.session(), enrolment_id),
    )  # fmt: skip
    return page, 400 if form.is_submitted() else 200


@bp.route("/extensions/<int:extension_id>", methods=["GET", "POST"])
@access.requires("extensions.decide")
def decide_extension(extension_id: int) -> ResponseReturnValue:
    row = db.session.execute(
        select(ExtensionRequest, Person)
        .join(Person, Person.id == ExtensionRequest.person_id)
        .where(ExtensionRequest.id == extension_id)
    ).one_or_none()
    person = access.require("extensions.decide", row.Person if row else None)
    if person.id == viewer().person_id:
        abort(403)
    form = DecisionForm()
    if form.validate_on_submit():
        try:
            extensions.decide(
                db.session(),
                extension_id,
                grant="decline" not in request.form,
                until=form.until.data,
                word=form.word.data or "",
                actor=Actor(viewer().person_id),
                today=_today(),
                now=now(),
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Decided; the learner is told."), "success")
            return redirect(url_for(".exceptions", show=report.ASKED), 303)
    asked = db.session.get_one(ExtensionRequest, extension_id)
    enrolment = db.session.get_one(Enrolment, asked.enrolment_id)
    if not form.is_submitted():
        form.until.data = asked.wanted_on
    page = render_template(
        "courses/decide_extension.html", asked=asked, form=form,
        person=db.session.get_one(Person, asked.person_id),
        found=queries.one(db.session(), enrolment.id, _today()),
    )  # fmt: skip
    return page, 400 if form.is_submitted() else 200
