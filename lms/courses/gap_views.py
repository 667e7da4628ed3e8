"""The trainer board: what waits for them, and what their people get wrong."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms import access, audit
from lms.access import Scope, Viewer, viewer
from lms.clock import local_date, now
from lms.courses import desk, gaps
from lms.courses.blueprint import bp
from lms.db import db
from lms.errors import DomainError
from lms.people.organisation import zone
from lms.web.errors import message


@bp.get("/progress/gaps")
@access.requires("gaps.assign")
def skill_gaps() -> ResponseReturnValue:
    who = _watcher()
    return render_template(
        "courses/gaps.html",
        report=gaps.report(db.session(), who.clause("gaps.assign"), now()),
        work=desk.waiting(db.session(), who, now(), local_date(now(), zone())),
    )


@bp.post("/progress/gaps")
@access.requires("gaps.assign")
def assign_for_gap() -> ResponseReturnValue:
    who = _watcher()
    try:
        added = gaps.assign(
            db.session(), request.form.get("gap", ""),
            request.form.get("programme", 0, type=int), who.clause("gaps.assign"),
            reason=request.form.get("reason", "")[:200],
            actor=audit.Actor(who.person_id), now=now(),
        )  # fmt: skip
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        flash(message(error), "error")
    else:
        flash(
            ngettext("%(num)s person enrolled.", "%(num)s people enrolled.", added)
            if added
            else _("All of them are in this course already."),
            "success" if added else "info",
        )
    return redirect(url_for("courses.skill_gaps"), 303)


def _watcher() -> Viewer:
    who = viewer()
    if not who.may("gaps.assign", Scope.TEAM):
        abort(403)
    return who
