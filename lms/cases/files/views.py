"""Cases in from a ZIP or a table, looked at first; all published ones out as a ZIP."""

from tempfile import SpooledTemporaryFile

from flask import Response, abort, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField

from lms import access
from lms.cases.blueprint import actor, bp
from lms.cases.files import exporting, importing, sheets
from lms.cases.files.models import CaseImport
from lms.clock import now
from lms.db import db
from lms.errors import Conflict, DomainError
from lms.i18n import locale
from lms.web.errors import message, show_on
from lms.web.lists import download

SHOWN = 100
IN_MEMORY = 8 << 20  # bytes of an export; a longer one waits on the disk


class ImportForm(FlaskForm):  # type: ignore[misc]
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


class TakeForm(FlaskForm):  # type: ignore[misc]
    accept_valid = BooleanField(_l("Take the good cases; I correct the refused ones later"))


@bp.route("/cases/import", methods=["GET", "POST"])
@access.requires("cases.author")
def import_cases() -> ResponseReturnValue:
    form = ImportForm()
    if form.validate_on_submit():
        file = form.file.data
        name, body = file.filename or "file", file.read()
        try:
            kept = importing.prepare(db.session(), body, name, actor=actor(), now=now())
        except DomainError as error:
            error.field = "file"
            show_on(form, error)
        else:
            db.session.commit()
            return redirect(url_for("cases.case_import", import_id=kept.id), 303)
    return render_template("cases/files/import.html", form=form), 400 if form.errors else 200


@bp.get("/cases/imports/<int:import_id>")
@access.requires("cases.author")
def case_import(import_id: int) -> ResponseReturnValue:
    return _show(db.session.get(CaseImport, import_id) or abort(404), TakeForm())


@bp.post("/cases/imports/<int:import_id>/take")
@access.requires("cases.author")
def take_cases(import_id: int) -> ResponseReturnValue:
    form = TakeForm()
    accept = bool(form.validate_on_submit() and form.accept_valid.data)
    try:
        made = importing.take(
            db.session(), import_id, accept_valid=accept, actor=actor(), now=now()
        )
    except Conflict as error:
        db.session.rollback()
        flash(message(error), "warning")
        return redirect(url_for("cases.case_import", import_id=import_id), 303)
    except DomainError as error:
        if error.field is None:
            raise
        show_on(form, error)
        return _show(db.session.get(CaseImport, import_id) or abort(404), form), 400
    db.session.commit()
    flash(_("%(count)s drafts made. Send each for review when it is complete.", count=made),
          "success")  # fmt: skip
    return redirect(url_for("cases.desk"), 303)


def _show(kept: CaseImport, form: TakeForm) -> str:
    def said(reason: dict[str, object]) -> str:
        return message(DomainError(str(reason["message"]), **reason["params"]))  # type: ignore[arg-type]

    return render_template(
        "cases/files/imported.html",
        kept=kept,
        content=kept.content,
        form=form,
        said=said,
        shown=SHOWN,
    )


@bp.get("/cases/import/template.xlsx")
@access.requires("cases.author")
def case_template() -> ResponseReturnValue:
    header, rows = sheets.example("zh" if locale().startswith("zh") else "en")
    return download(_("Cases template"), header, rows, "xlsx", names_nobody=True)


@bp.get("/cases/export.zip")
@access.requires("cases.author")
def export_cases() -> Response:
    made = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed once it is sent)
    exporting.write_zip(db.session(), made)
    made.seek(0)
    return send_file(
        made, mimetype="application/zip", as_attachment=True, download_name="cases.zip"
    )
