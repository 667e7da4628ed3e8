"""Best of the year, for HR: the standing behind it, naming, withdrawing."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import DomainError, access, db, download, error_message, now
from lms.plugins.recognition import years
from lms.plugins.recognition.access import AWARD
from lms.plugins.recognition.blueprint import actor, bp
from lms.plugins.recognition.forms import ReasonForm

_SHOWN = 20


@bp.get("/years/<int:year>")
@access.requires(AWARD)
def year(year: int) -> ResponseReturnValue:
    if not 2000 <= year <= 2100:
        abort(404)
    if kind := request.args.get("format"):
        rows = ([s.staff_no, s.name, s.team or "", s.score / 100, s.months]
                for s in years.standings(db.session(), year))  # fmt: skip
        head = [_("Staff number"), _("Name"), _("Team"), _("Mean score"), _("Months")]
        return download(_("best-of-%(year)s", year=year), head, rows, kind)
    return _page(year)


def _page(year: int, form: ReasonForm | None = None) -> str:
    session = db.session()
    closed, least = years.closed_and_least(session)
    return render_template(
        "recognition/year.html", year=year, years=list(closed),
        closed=closed.get(year, 0), found=years.standings(session, year, _SHOWN, least=least),
        held=years.held_of(session, year), form=form or ReasonForm(formdata=None),
        least=least,
    )  # fmt: skip


@bp.post("/years/<int:year>/name")
@access.requires(AWARD)
def name_best(year: int) -> ResponseReturnValue:
    try:
        made = years.name_best(db.session(), year, actor=actor(), now=now())
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        flash(error_message(error), "error")
    else:
        told = _("Named; they have been told.") if made else _("They hold it already.")
        flash(told, "success")
    return redirect(url_for(".year", year=year), 303)


@bp.post("/awards/<int:award_id>/withdraw")
@access.requires(AWARD)
def withdraw(award_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    try:
        award = years.withdraw(
            db.session(), award_id, form.reason.data or "", actor=actor(), now=now()
        )
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        flash(error_message(error), "error")
        return redirect(url_for(".index"), 303)
    flash(_("Withdrawn; it stays on record."), "success")
    return redirect(url_for(".year", year=award.year), 303)
