"""A bank as a file; what the format has no form for is named before it is taken.

What writes the formats is imported where it is used: few ask for it, and every start would load it.
"""

import re
from typing import TYPE_CHECKING

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms.plugins.api import access, attachment, db, download, locale, pick
from lms.plugins.exams.dumping import current_versions
from lms.plugins.exams.manage import bp
from lms.plugins.exams.models import Bank

if TYPE_CHECKING:
    from lms.plugins.exams.exporting.holding import Format, Held

SHOWN = 50


@bp.get("/banks/template.xlsx")
@access.requires("exams.manage")
def import_template() -> ResponseReturnValue:
    from lms.plugins.exams.exporting import tables

    examples = tables.examples()
    return download(
        _("Questions template"),
        tables.header(4),
        tables.rows(examples, 4),
        "xlsx",
        names_nobody=True,
    )


@bp.get("/banks/<key>/export/<kind>")
@access.requires("exams.manage")
def look_at_export(key: str, kind: str) -> ResponseReturnValue:
    """The file at once, if it holds the whole bank."""
    bank, form, held = _held(key, kind)
    if not held.left_out and not held.lost:
        return redirect(url_for(".export_questions", key=key, kind=kind), 303)
    return render_template(
        "exams/export.html", bank=bank, form=form, kind=kind, held=held, shown=SHOWN
    )


@bp.get("/banks/<key>/export.<kind>")
@access.requires("exams.manage")
def export_questions(key: str, kind: str) -> ResponseReturnValue:
    from lms.plugins.exams.exporting import tables

    bank, form, held = _held(key, kind)
    name = re.sub(r'[\\/:*?"<>|\s]+', " ", pick(bank.title)).strip() or key
    if form.write is None:
        letters = tables.widest(held.questions)
        rows = tables.rows(held.questions, letters)
        return download(name, tables.header(letters), rows, kind, names_nobody=True)
    response = Response(form.write(held.questions), mimetype=form.mimetype)
    response.headers["Content-Disposition"] = attachment(f"{name}.{form.suffix}")
    return response


def _held(key: str, kind: str) -> tuple[Bank, "Format", "Held"]:
    from lms.plugins.exams.exporting import holding, in_one_language

    bank = db.session.scalar(select(Bank).where(Bank.key == key)) or abort(404)
    form = holding.FORMATS.get(kind) or abort(404)
    side = "zh" if locale().startswith("zh") else "en"
    versions = current_versions(db.session(), bank.id)
    return bank, form, holding.held(kind, in_one_language(versions, side))
