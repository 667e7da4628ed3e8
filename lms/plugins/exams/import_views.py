"""Questions into a bank from a file, looked at first."""

from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlalchemy import select
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    access,
    db,
    error_message,
    now,
    pick,
    show_on,
    viewer,
)
from lms.plugins.exams.manage import bp, media_url
from lms.plugins.exams.media import items
from lms.plugins.exams.models import Bank, QuestionImport
from lms.plugins.exams.types import KINDS

SHOWN = 50

MAX_PASTED = 500_000


class ImportForm(FlaskForm):  # type: ignore[misc]
    bank = StringField(_l("Question bank"), [InputRequired(_l("Name the bank.")), Length(max=80)])
    file = FileField(_l("File"))
    text = TextAreaField(_l("Or paste the questions as text"), [Length(max=MAX_PASTED)])


class TakeForm(FlaskForm):  # type: ignore[misc]
    accept_valid = BooleanField(_l("Take the good questions; I correct the refused ones later"))


@bp.route("/banks/import", methods=["GET", "POST"])
@access.requires("exams.manage")
def import_questions() -> ResponseReturnValue:
    form = ImportForm(bank=request.args.get("bank", ""))
    if form.validate_on_submit():
        try:
            kept = _read(form)
        except DomainError as error:
            error.field = "text" if (form.text.data or "").strip() else "file"
            show_on(form, error)
        else:
            db.session.commit()
            return redirect(url_for(".question_import", import_id=kept.id), 303)
    banks = [pick(bank.title) for bank in db.session.scalars(select(Bank).order_by(Bank.id))]
    page = render_template("exams/import.html", form=form, banks=banks)
    return page, 400 if form.errors else 200


def _read(form: ImportForm) -> QuestionImport:
    from lms.plugins.exams.importing import previews  # here: the readers load with the first file

    file, pasted = form.file.data, form.text.data or ""
    if not file and not pasted.strip():
        raise DomainError("Choose a file.")
    if file and pasted.strip():
        raise DomainError(
            "You chose a file as well. Empty this box to read the file, or leave the file out."
        )
    pasted_name = _("Pasted text")
    return previews.prepare(
        db.session(),
        form.bank.data.strip(),
        file.read() if file else pasted.encode(),
        file.filename or "file" if file else pasted_name + ".txt",
        person_id=viewer().person_id,
        now=now(),
    )


@bp.get("/imports/<int:import_id>")
@access.requires("exams.manage")
def question_import(import_id: int) -> ResponseReturnValue:
    return _show(_kept(import_id), TakeForm())


def _kept(import_id: int) -> QuestionImport:
    return db.session.get(QuestionImport, import_id) or abort(404)


def _show(kept: QuestionImport, form: TakeForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "exams/imported.html",
        kept=kept,
        content=kept.content,
        form=form,
        said=_said,
        shown=SHOWN,
        wording=_wording,
        media_url=media_url,
    )
    return page, status


def _wording(entry: dict[str, Any]) -> SimpleNamespace:
    found = KINDS[entry["type"]].wording(entry)
    return SimpleNamespace(**vars(found), media=items.of_entry(entry, found.options))


def _said(entry: dict[str, object]) -> str:
    return error_message(DomainError(str(entry["message"]), **entry["params"]))  # type: ignore[arg-type]


@bp.post("/imports/<int:import_id>/take")
@access.requires("exams.manage")
def take_questions(import_id: int) -> ResponseReturnValue:
    from lms.plugins.exams.importing import previews

    kept, form = _kept(import_id), TakeForm()
    if not form.validate_on_submit():
        return _show(kept, form, 400)
    actor = Actor(viewer().person_id)
    try:
        _done, bank = previews.take(
            db.session(), import_id, accept_valid=form.accept_valid.data, actor=actor, now=now()
        )
    except Conflict as error:
        db.session.rollback()
        flash(error_message(error), "warning")
        return redirect(url_for(".question_import", import_id=import_id), 303)
    except DomainError as error:
        show_on(form, error)
        return _show(kept, form, 400)
    db.session.commit()
    flash(_("The questions are in the bank."), "success")
    return redirect(url_for(".bank", key=bank.key), 303)
