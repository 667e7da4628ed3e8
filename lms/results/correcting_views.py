"""HR enters a figure of a closed month anew, with a reason."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.clock import now
from lms.db import db
from lms.errors import DomainError
from lms.people.models import Person
from lms.results import correcting, words
from lms.results.blueprint import actor, bp
from lms.results.defined.scoring import known_metrics
from lms.results.forms import CorrectionForm
from lms.results.metrics import by_code
from lms.results.models import KpiValue
from lms.web.errors import show_on


@bp.route("/results/figures/<int:value_id>/correct", methods=["GET", "POST"])
@access.requires("results.import")
def correct_figure(value_id: int) -> ResponseReturnValue:
    found, form = db.session.get(KpiValue, value_id), CorrectionForm()
    if found is None:
        abort(404)
    person = access.require("results.import", db.session.get(Person, found.person_id))
    metric, month = by_code(known_metrics(db.session())).get(found.metric), found.month
    if form.validate_on_submit():
        try:
            correcting.correct(
                db.session(), value_id, form.value.data, reason=form.reason.data, actor=actor(),
                now=now(),
            )  # fmt: skip
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("The correction waits for the month's next revision."), "success")
            return redirect(url_for(".month", month=month), 303)
    page = render_template(
        "results/correct.html", form=form, person=person, metric=metric, month=month,
        stands=words.amount(found.value, metric) if metric else None, value=found.value,
    )  # fmt: skip
    return page, 400 if form.is_submitted() else 200
