"""The learner's files, and the page of those who decide about them."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access, audit
from lms.access import viewer
from lms.clock import now
from lms.courses import services as courses
from lms.courses.blueprint import bp
from lms.courses.evidence import services
from lms.courses.gating import Standing
from lms.courses.learner_views import refused_page
from lms.db import db
from lms.errors import Conflict, DomainError, NotAllowed
from lms.plugins.types import StepContext
from lms.web.errors import message


def _step(enrolment_id: int, step_id: int) -> tuple[Standing, StepContext]:
    me = viewer().person_id
    found, context = courses.open_step(db.session(), me, enrolment_id, step_id, now())
    if context.kind != services.KIND:
        abort(404)
    return found, context


def _back(context: StepContext) -> ResponseReturnValue:
    here = url_for("courses.step", enrolment_id=context.enrolment_id, step_id=context.step_id)
    return redirect(f"{here}#files", 303)


@bp.post("/learn/<int:enrolment_id>/<int:step_id>/evidence")
@access.signed_in
def add_evidence(enrolment_id: int, step_id: int) -> ResponseReturnValue:
    found, context = _step(enrolment_id, step_id)
    sent = [(file.stream, file.filename) for file in request.files.getlist("file") if file.filename]
    try:
        count = services.add(db.session(), context, sent)
        db.session.commit()
    except Conflict:
        raise
    except DomainError as error:
        return refused_page(found, context, error)
    flash(_("Added. Hand it in when all is there.") if count else _("That was there."), "success")
    return _back(context)


@bp.post("/learn/<int:enrolment_id>/<int:step_id>/evidence/<int:upload_id>/remove")
@access.signed_in
def remove_evidence(enrolment_id: int, step_id: int, upload_id: int) -> ResponseReturnValue:
    _found, context = _step(enrolment_id, step_id)
    services.remove(db.session(), context, upload_id)
    db.session.commit()
    return _back(context)


@bp.route("/sign-offs/<int:enrolment_id>/<int:step_id>/evidence", methods=["GET", "POST"])
@access.requires("steps.signoff")
def evidence(enrolment_id: int, step_id: int) -> ResponseReturnValue:
    sheet = services.sheet(db.session(), enrolment_id, step_id, now())
    access.require("steps.signoff", sheet.person)
    if request.method == "GET":
        return _sheet_page(sheet)
    approved, word = request.form.get("decision") == "approve", request.form.get("word", "")[:2000]
    actor = audit.Actor(viewer().person_id)
    try:
        services.decide(db.session(), sheet, approved=approved, word=word, actor=actor, now=now())
        db.session.commit()
    except (Conflict, NotAllowed):
        raise
    except DomainError as error:
        db.session.rollback()
        return _sheet_page(sheet, word, message(error)), 400
    flash(_("Approved.") if approved else _("Sent back with your word."), "success")
    return redirect(url_for("courses.sign_offs"), 303)


def _sheet_page(sheet: services.Sheet, word: str = "", problem: str = "") -> str:
    return render_template(
        "courses/evidence/sheet.html",
        sheet=sheet,
        word=word,
        problem=problem,
        may_decide=sheet.person.id != viewer().person_id and sheet.context.state == "submitted",
    )
