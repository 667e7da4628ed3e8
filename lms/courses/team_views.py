"""The sign-offs, for those who look after learners."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access, audit
from lms.access import viewer
from lms.clock import now
from lms.courses import signoffs
from lms.courses.blueprint import bp
from lms.db import db
from lms.errors import DomainError
from lms.people.models import Person
from lms.web.errors import message


@bp.get("/sign-offs")
@access.requires("steps.signoff")
def sign_offs() -> ResponseReturnValue:
    who = viewer()
    scope = who.clause("steps.signoff") & (Person.id != who.person_id)
    return render_template("courses/sign_offs.html", rows=signoffs.waiting(db.session(), scope))


@bp.route("/sign-offs/<int:enrolment_id>/<int:step_id>", methods=["GET", "POST"])
@access.requires("steps.signoff")
def sign_off(enrolment_id: int, step_id: int) -> ResponseReturnValue:
    sheet = signoffs.sheet(db.session(), enrolment_id, step_id, now())
    access.require("steps.signoff", sheet.person)
    if request.method == "GET":
        return _sheet_page(sheet)
    ticked = request.form.getlist("ticked", type=int)
    note = request.form.get("note", "")[:2000]
    actor = audit.Actor(viewer().person_id)
    try:
        signed = signoffs.sign(db.session(), sheet, ticked, note, actor=actor, now=now())
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        return _sheet_page(sheet, ticked, note, message(error)), 400
    flash(_("Signed.") if signed else _("Saved; the open items can be ticked later."), "success")
    return redirect(url_for("courses.sign_offs"), 303)


def _sheet_page(
    sheet: signoffs.Sheet,
    ticked: list[int] | None = None,
    note: str | None = None,
    problem: str = "",
) -> str:
    return render_template(
        "courses/sign_off.html",
        sheet=sheet,
        ticked=sheet.ticked if ticked is None else set(ticked),
        note=sheet.note if note is None else note,
        problem=problem,
        may_sign=sheet.person.id != viewer().person_id,
    )
