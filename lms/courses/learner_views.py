"""The learner's own pages: their courses, one course, one step."""

from dataclasses import replace
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from lms import access
from lms.access import viewer
from lms.clock import local_date, now
from lms.courses import queries, services, single
from lms.courses.blueprint import bp
from lms.courses.deadlines import extensions
from lms.courses.gating import Standing
from lms.courses.models import EnrolmentStatus
from lms.courses.recertifying import months_later
from lms.db import db
from lms.errors import DomainError, NotAllowed
from lms.people.models import Person
from lms.people.organisation import zone
from lms.plugins.registry import step_type
from lms.plugins.types import StepContext
from lms.web.errors import message
from lms.web.lists import page_of, page_url


@bp.get("/courses")
@access.signed_in
def mine() -> ResponseReturnValue:
    found = queries.of_person(db.session(), viewer().person_id, local_date(now(), zone()))
    under_way = [s for s in found if s.enrolment.status == EnrolmentStatus.ACTIVE]
    ended = [s for s in reversed(found) if s.enrolment.status != EnrolmentStatus.ACTIVE]
    page = page_of([*under_way, *ended])
    return render_template(
        "courses/mine.html",
        page=page,
        under_way=[s for s in page.items if s.enrolment.status == EnrolmentStatus.ACTIVE],
        ended=[s for s in page.items if s.enrolment.status != EnrolmentStatus.ACTIVE],
        any_under_way=bool(under_way),
        page_url=page_url,
    )


@bp.get("/courses/<int:enrolment_id>")
@access.signed_in
def programme(enrolment_id: int) -> ResponseReturnValue:
    """One enrolment with every step: for its owner, and for those who may see their progress."""
    found = queries.one(db.session(), enrolment_id, local_date(now(), zone()))
    owner = db.session.get_one(Person, found.enrolment.person_id)
    is_mine = owner.id == viewer().person_id
    if not is_mine:
        access.require("progress.view", owner)
    return render_template(
        "courses/programme.html", found=found, owner=owner, is_mine=is_mine,
        extension=extensions.latest(db.session(), enrolment_id),
        goes=single.goes(db.session(), owner.id, found.enrolment.programme_id),
        renewed_on=_renewed_on(found),
    )  # fmt: skip


def _renewed_on(found: Standing) -> date | None:
    """When a completed course is due once more."""
    months, ended_at = found.outline.recertify_every, found.enrolment.ended_at
    if found.enrolment.status != EnrolmentStatus.COMPLETED or not (months and ended_at):
        return None
    return months_later(local_date(ended_at, zone()), months)


@bp.route("/learn/<int:enrolment_id>/<int:step_id>", methods=["GET", "POST"])
@access.signed_in
def step(enrolment_id: int, step_id: int) -> ResponseReturnValue:
    me = viewer().person_id
    try:
        found, context = services.open_step(db.session(), me, enrolment_id, step_id, now())
    except services.Locked as refused:
        return _locked_page(enrolment_id, step_id, refused)
    if request.method == "POST":
        return _submit(found, context)
    return _page(found, context)


def _page(found: Standing, context: StepContext) -> str:
    return render_template(
        "courses/step.html",
        found=found,
        step=context,
        body=_body(context),
        kind=step_type(context.kind),
    )


def refused_page(found: Standing, context: StepContext, error: DomainError) -> ResponseReturnValue:
    """The step again, with what was sent and why it was refused; nothing of it is stored."""
    db.session.rollback()
    flash(message(error), "error")
    problems = {error.field or "": message(error)}
    return _page(found, replace(context, typed=request.form, problems=problems)), 400


def _submit(found: Standing, context: StepContext) -> ResponseReturnValue:
    kind = step_type(context.kind)
    if kind is None:
        abort(404)
    here = url_for("courses.step", enrolment_id=context.enrolment_id, step_id=context.step_id)
    try:
        target = kind.submit(db.session(), context, request.form)
        db.session.commit()
    except NotAllowed:
        raise
    except DomainError as error:
        return refused_page(found, context, error)
    return redirect(target or here, 303)


def _body(context: StepContext) -> Markup | None:
    """The step type's own page; None while nobody here knows the kind."""
    kind = step_type(context.kind)
    if kind is None:
        return None
    return Markup(kind.render(db.session(), context))  # noqa: S704  from the type's templates


def _locked_page(enrolment_id: int, step_id: int, refused: services.Locked) -> ResponseReturnValue:
    found = queries.one(db.session(), enrolment_id, local_date(now(), zone()))
    step = next(s.step for s in found.steps if s.step.id == step_id)
    page = render_template("courses/locked.html", found=found, step=step, reason=refused.reason)
    return page, 403


@bp.post("/clearance")
@access.signed_in
def ask_for_clearance() -> ResponseReturnValue:
    reasons = services.ask_for_clearance(db.session(), viewer().person_id, now())
    db.session.commit()
    if reasons:
        flash(_("Not yet: the reasons are below."), "warning")
    return redirect(url_for("web.home"), 303)
