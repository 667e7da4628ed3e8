"""A corrected key, or a ruling about a bad question: who changes by it, and then the change."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField, TextAreaField

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    access,
    db,
    error_message,
    now,
    show_on,
    viewer,
)
from lms.plugins.exams.correcting import regrading
from lms.plugins.exams.correcting.plans import Way, plan
from lms.plugins.exams.manage import bp, media_url
from lms.plugins.exams.models import Bank, Question, QuestionVersion, Ruling

_WAYS = {"": None, "full": Ruling.FULL, "out": Ruling.OUT}


class RegradeForm(FlaskForm):  # type: ignore[misc]
    only_better = BooleanField(_l("Nobody loses by it: worse results stay as they are"))
    reason = TextAreaField(_l("Reason"))


@bp.get("/questions/<int:question_id>/regrade")
@access.requires("exams.manage")
def regrade(question_id: int) -> ResponseReturnValue:
    return _page(question_id, RegradeForm(only_better=True))


def _page(question_id: int, form: RegradeForm, status: int = 200) -> ResponseReturnValue:
    question, version, bank = _found(question_id)
    way = _way(question)
    page = render_template(
        "exams/regrade.html",
        plan=plan(db.session(), question, way),
        way=way,
        question=question,
        version=version,
        bank=bank,
        form=form,
        shown=200,
        media_url=media_url,
    )
    return page, status


def _way(question: Question) -> Way:
    """As the address says: `way` key, full or out, and `upto` which wording."""
    name = request.args.get("way", "")
    last = question.current_number
    upto = min(max(request.args.get("upto", last, int), 1), last)
    ruling = _WAYS[name] if name in _WAYS else abort(404)
    return Way(upto if ruling else last, ruling)


def _found(question_id: int) -> tuple[Question, QuestionVersion, Bank]:
    row = db.session.execute(
        select(Question, QuestionVersion, Bank)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(Bank, Bank.id == Question.bank_id)
        .where(Question.id == question_id, QuestionVersion.number == Question.current_number)
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else abort(404)


@bp.post("/questions/<int:question_id>/regrade")
@access.requires("exams.manage")
def do_regrade(question_id: int) -> ResponseReturnValue:
    form, (question, _version, bank) = RegradeForm(), _found(question_id)
    if not form.validate_on_submit():
        return _page(question_id, form, 400)
    try:
        count = regrading.apply(
            db.session(), question, _way(question), only_better=form.only_better.data,
            reason=form.reason.data or "", actor=Actor(viewer().person_id), now=now(),
        )  # fmt: skip
    except Conflict as error:
        db.session.rollback()
        flash(error_message(error), "warning")
        return redirect(request.full_path, 303)
    except DomainError as error:
        db.session.rollback()
        show_on(form, error)
        return _page(question_id, form, 400)
    db.session.commit()
    flash(
        ngettext("%(num)s result was changed.", "%(num)s results were changed.", count), "success"
    )
    return redirect(url_for(".bank", key=bank.key), 303)
