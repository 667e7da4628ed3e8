"""Pages: a file of supervisors' shares, and its template."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    DomainError,
    access,
    db,
    download,
    error_message,
    locale,
    now,
    show_on,
)
from lms.plugins.scorecards.access import ENTER
from lms.plugins.scorecards.blueprint import actor, bp, require_all, this_month
from lms.plugins.scorecards.forms import FileForm
from lms.plugins.scorecards.supervisors import importing


@bp.route("/supervisors/import", methods=["GET", "POST"])
@access.requires(ENTER)
def import_shares() -> ResponseReturnValue:
    require_all(ENTER)
    form, refused = FileForm(), ()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            rows, stored = importing.take(
                db.session(), sent.read(), sent.filename or "file", actor=actor(), now=now()
            )
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            refused = getattr(error, "rows", ())
            show_on(form, error)
        else:
            flash(
                _("%(rows)s rows read, %(stored)s figures stored.", rows=rows, stored=stored),
                "success",
            )
            return redirect(url_for(".supervisors"), 303)
    page = render_template("scorecards/import.html", form=form, refused=refused, said=error_message)
    return page, 400 if form.is_submitted() else 200


@bp.get("/supervisors/import/template")
@access.requires(ENTER)
def import_template() -> ResponseReturnValue:
    side = 0 if locale().startswith("zh") else 1
    header = [_("Staff number"), _("Month"), importing.SAMPLING[side], importing.ACTIONS[side]]
    example = ["CS00006", str(this_month().plus(-1)), "37/40", "90%"]
    return download(_("supervisors-template"), header, [example], "xlsx", names_nobody=True)
