"""Pages: spot checks, for HR."""

import secrets

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms.plugins.api import (
    PER_PAGE,
    DomainError,
    Person,
    access,
    db,
    download,
    local_date,
    locale,
    now,
    page_url,
    show_on,
    zone,
)
from lms.plugins.scorecards.access import ENTER
from lms.plugins.scorecards.blueprint import actor, bp, require_all
from lms.plugins.scorecards.file_page import file_page
from lms.plugins.scorecards.forms import CorrectionForm, SpotCheckForm
from lms.plugins.scorecards.models import SpotCheck
from lms.plugins.scorecards.periods import spot_checks, spot_file


@bp.get("/spot-checks", endpoint="spot_checks")
@access.requires(ENTER)
def checks() -> ResponseReturnValue:
    require_all(ENTER)
    page = db.paginate(spot_checks.listed(), per_page=PER_PAGE, error_out=False)
    return render_template("scorecards/spot_checks.html", page=page, page_url=page_url)


@bp.route("/spot-checks/new", methods=["GET", "POST"])
@access.requires(ENTER)
def new_check() -> ResponseReturnValue:
    require_all(ENTER)
    session = db.session()
    form = SpotCheckForm(data={
        "key": secrets.token_hex(8), "weight": spot_checks.usual_weight(session),
        "day": local_date(now(), zone()),
    })  # fmt: skip
    if form.validate_on_submit():
        try:
            found = session.scalar(select(Person).where(Person.staff_no == form.person.data))
            if found is None:
                raise DomainError("Nobody has the staff number %(staff_no)s.", field="person",
                                  staff_no=form.person.data[:40])  # fmt: skip
            person = access.require(ENTER, found)
            key = f"form:{form.key.data}"
            spot_checks.enter(session, key, person, _said(form), actor=actor(), now=now())
            session.commit()
        except DomainError as error:
            session.rollback()
            show_on(form, error)
        else:
            flash(_("Entered; it counts in the quarter and the year."), "success")
            return redirect(url_for(".spot_checks"), 303)
    page = render_template("scorecards/spot_check.html", form=form, check=None)
    return page, 400 if form.is_submitted() else 200


@bp.route("/spot-checks/import", methods=["GET", "POST"])
@access.requires(ENTER)
def import_checks() -> ResponseReturnValue:
    require_all(ENTER)
    return file_page(
        spot_file.take,
        url_for(".spot_checks"),
        back_label=_("Spot checks"),
        title=_("Import spot checks"),
        template=url_for(".checks_template"),
        intro=_(
            "One row per check: staff number, day, score, what was checked; the weight where it is "
            "not the usual one. With a refused row nothing is stored; the same row again is taken "
            "once."
        ),
    )


@bp.get("/spot-checks/import/template")
@access.requires(ENTER)
def checks_template() -> ResponseReturnValue:
    columns = (spot_file.DAY, spot_file.SCORE, spot_file.WEIGHT, spot_file.NOTE)
    side = 0 if locale().startswith("zh") else 1
    header = [_("Staff number"), *(names[side] for names in columns)]
    today = local_date(now(), zone()).isoformat()
    example = ["CS00002", today, "93.5", spot_checks.usual_weight(db.session()), _("Five calls")]
    return download(_("spot-checks-template"), header, [example], "xlsx", names_nobody=True)


@bp.route("/spot-checks/<int:check_id>", methods=["GET", "POST"])
@access.requires(ENTER)
def correct_check(check_id: int) -> ResponseReturnValue:
    require_all(ENTER)
    check = db.session.get(SpotCheck, check_id)
    if check is None:
        abort(404)
    form = CorrectionForm(data={
        "day": check.day, "score": f"{check.score / 100:g}", "weight": f"{check.weight / 100:g}",
    })  # fmt: skip
    if form.validate_on_submit():
        try:
            spot_checks.correct(
                db.session(), check_id, _said(form), withdraw=form.withdraw.data, actor=actor(),
                now=now(),
            )  # fmt: skip
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            flash(_("Stored; what stood before stays to be seen."), "success")
            return redirect(url_for(".spot_checks"), 303)
    page = render_template("scorecards/spot_check.html", form=form, check=check)
    return page, 400 if form.is_submitted() else 200


def _said(form: SpotCheckForm | CorrectionForm) -> spot_checks.Said:
    return spot_checks.Said(
        form.day.data,
        spot_checks.hundredths(form.score.data, "score", 0, 10_000),
        spot_checks.hundredths(form.weight.data, "weight", 1, 1200),
        form.note.data,
    )
