"""Pages for those who look after learners: the board of hires and the sign-offs."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms import access, audit
from lms.access import viewer
from lms.clock import local_date, now
from lms.courses import signoffs, team
from lms.courses.blueprint import bp
from lms.db import db
from lms.errors import DomainError
from lms.people.models import Person, Team
from lms.people.organisation import zone
from lms.web.errors import message
from lms.web.lists import here, page_url


@bp.get("/progress")
@access.requires("people.view")
def board() -> ResponseReturnValue:
    who = viewer()
    if not who.may("progress.view", access.Scope.TEAM):
        abort(403)
    scope = who.clause("progress.view")
    team_id = request.args.get("team", type=int)
    found = team.board(
        db.session(),
        scope,
        now(),
        local_date(now(), zone()),
        overdue_only=request.args.get("show") == "overdue",
        team_id=team_id,
        page=max(1, request.args.get("page", 1, type=int)),
    )
    teams = db.session.scalars(
        select(Team).where(Team.id.in_(select(Person.team_id).where(scope))).order_by(Team.name)
    ).all()
    return render_template(
        "courses/board.html",
        found=found,
        teams=teams,
        team_id=team_id,
        words=team.STATE_WORDS,
        here=here,
        page_url=page_url,
    )


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
