"""The retraining list."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lms.plugins.api import (
    PER_PAGE,
    Actor,
    DomainError,
    Month,
    Scope,
    access,
    db,
    download,
    here,
    local_date,
    now,
    page_url,
    viewer,
    zone,
)
from lms.plugins.retraining import cli, queries, services, words
from lms.plugins.retraining.blueprint import bp
from lms.plugins.retraining.effect import views as effect_views
from lms.plugins.retraining.models import AssignmentState

__all__ = ["bp", "effect_views"]


class DecisionForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(validators=[InputRequired(), Length(min=4, max=500)])


@bp.get("")
@access.requires("retraining.view")
def index() -> ResponseReturnValue:
    month, text = _month(request.args.get("month", "")), request.args.get("q", "")
    state, today = request.args.get("state", ""), local_date(now(), zone())
    scope = viewer().clause("retraining.view")
    found = queries.assignments(scope, month=month, state=state, text=text, today=today)
    if kind := request.args.get("format"):
        rows = map(cli.row_of, db.session.scalars(found))
        return download("retraining", cli.COLUMNS, rows, kind)
    return render_template(
        "retraining/index.html",
        page=db.paginate(found, per_page=PER_PAGE, error_out=False),
        counts=queries.state_counts(db.session(), scope, month=month, text=text, today=today),
        months=queries.months(db.session()),
        month=month, state=state, text=text, today=today,
        here=here, page_url=page_url, words=words, form=DecisionForm(),
        sees_more=viewer().may("retraining.view", Scope.TEAM),
    )  # fmt: skip


@bp.post("/<int:assignment_id>/decide")
@access.requires("retraining.decide")
def decide(assignment_id: int) -> ResponseReturnValue:
    form = DecisionForm()
    if not form.validate_on_submit():
        flash(_("Write the reason in at least 4 characters."), "error")
        return redirect(url_for(".index", state=AssignmentState.REVIEW))
    row = services.decide(
        db.session(),
        assignment_id,
        go_on="go_on" in request.form,
        reason=form.reason.data,
        actor=Actor(viewer().person_id),
        now=now(),
    )
    db.session.commit()
    done = row.state == AssignmentState.OPEN
    flash(_("The retraining goes on.") if done else _("The retraining was cancelled."), "success")
    return redirect(url_for(".index", month=row.month))


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text) if text else None
    except ValueError:
        raise DomainError("This is not a month. Write it as 2026-03.") from None
