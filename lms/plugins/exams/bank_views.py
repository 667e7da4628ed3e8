"""Writing questions: new ones, new versions, out of use and back; as an examinee sees them."""

import random
from types import SimpleNamespace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

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
from lms.plugins.exams.bank import services, typed
from lms.plugins.exams.dumping import entry_of_version
from lms.plugins.exams.manage import bp, media_url
from lms.plugins.exams.media import items
from lms.plugins.exams.media import typed as media
from lms.plugins.exams.models import LETTERS, Bank, QuestionVersion
from lms.plugins.exams.types import KINDS
from lms.plugins.exams.types.choice import TRUE_FALSE

_MOST = Length(max=8000)


class QuestionForm(FlaskForm):  # type: ignore[misc]
    base_number = IntegerField(widget=HiddenInput(), validators=[Optional()])
    stem_zh = TextAreaField(_l("Question (Chinese)"), [_MOST])
    stem_en = TextAreaField(_l("Question (English)"), [_MOST])
    lines_zh = TextAreaField(_l("Chinese, one a line"), [_MOST])
    lines_en = TextAreaField(_l("English, one a line"), [_MOST])
    answer = StringField(_l("Right options"), [_MOST])
    truth = SelectField(
        _l("Right answer"),
        choices=[SelectChoice("true", _l("True")), SelectChoice("false", _l("False"))],
        validate_choice=False,  # the other types have no such field
    )
    gaps = TextAreaField(_l("Gaps, one a line"), [_MOST])
    reference_zh = TextAreaField(_l("Reference answer (Chinese)"), [_MOST])
    reference_en = TextAreaField(_l("Reference answer (English)"), [_MOST])
    explanation_zh = TextAreaField(_l("Explanation (Chinese)"), [_MOST])
    explanation_en = TextAreaField(_l("Explanation (English)"), [_MOST])
    difficulty = SelectField(_l("Difficulty"), choices=[str(n) for n in range(1, 6)], default="2")
    tags = StringField(_l("Topics"), [Length(max=300)])
    case = StringField(_l("Key of the case it is made from"), [Length(max=64)])
    even_so = BooleanField(_l("Save it even so"))


@bp.route("/banks/<key>/new", methods=["GET", "POST"])
@access.requires("exams.manage")
def new_question(key: str) -> ResponseReturnValue:
    bank = db.session.scalar(select(Bank).where(Bank.key == key)) or abort(404)
    kind = request.args.get("type", "single")
    form = QuestionForm()
    if kind not in KINDS:
        abort(404)
    rows = _media() if request.method == "POST" else []
    if not _is_ready(form, rows):
        return _page(bank, kind, form, None, rows)
    try:
        entry = _entry(kind, form, rows)
        if twin := _twin(bank, entry, form, None):
            return _page(bank, kind, form, None, rows, twin)
        services.create(
            db.session(), bank, entry, actor=Actor(viewer().person_id), now=now()
        )  # fmt: skip
    except DomainError as error:
        db.session.rollback()
        _show(form, error)
        return _page(bank, kind, form, None, rows)
    db.session.commit()
    flash(_("The question is in the bank."), "success")
    return redirect(url_for(".bank", key=key), 303)


@bp.route("/questions/<int:question_id>", methods=["GET", "POST"])
@access.requires("exams.manage")
def question(question_id: int) -> ResponseReturnValue:
    version = services.current(db.session(), question_id)
    bank = db.session.get_one(Bank, version.question.bank_id)
    if request.method == "GET":
        entry = entry_of_version(version)
        start = {**typed.typed_of(entry), "difficulty": str(version.question.difficulty)}
        form = QuestionForm(base_number=version.number, **start)
        return _page(bank, version.type, form, version, media.rows_of(entry.get("media", ())))
    form, rows = QuestionForm(), _media()
    if not _is_ready(form, rows):
        return _page(bank, version.type, form, version, rows)
    try:
        entry = _entry(version.type, form, rows)
        if twin := _twin(bank, entry, form, question_id):
            return _page(bank, version.type, form, version, rows, twin)
        is_changed = services.change(
            db.session(), question_id, entry, base_number=form.base_number.data or 0,
            actor=Actor(viewer().person_id), now=now(),
        )  # fmt: skip
    except (Conflict, DomainError) as error:
        db.session.rollback()
        _show(form, error)
        version = services.current(db.session(), question_id)
        bank = db.session.get_one(Bank, version.question.bank_id)
        return _page(bank, version.type, form, version, rows)
    db.session.commit()
    flash(_("Saved.") if is_changed else _("Nothing was changed."), "success")
    return redirect(url_for(".bank", key=bank.key), 303)


def _media() -> list[media.Row]:
    """What is typed about pictures and recordings. New files stay, whatever else is wrong."""
    rows = media.read(db.session(), request.form, request.files, now())
    db.session.commit()
    return rows


def _is_ready(form: QuestionForm, rows: list[media.Row]) -> bool:
    """To be saved; not while another file is to be given."""
    if not form.is_submitted() or request.form.get("do") == "add":
        return False
    return bool(form.validate()) and not any(row.errors for row in rows)


def _entry(kind: str, form: QuestionForm, rows: list[media.Row]) -> dict[str, Any]:
    fields = {name: str(value or "") for name, value in form.data.items()}
    entry = typed.entry_of(kind, fields)
    if rows:
        entry["media"] = media.entry_of(rows, kind, len(entry.get("options", ())))
    services.check(entry)
    return entry


def _twin(bank: Bank, entry: dict[str, Any], form: QuestionForm, own_id: int | None) -> str | None:
    return None if form.even_so.data else services.alike(db.session(), bank, entry, own_id)


def _show(form: QuestionForm, error: DomainError) -> None:
    """On the field whose name is not that of the entry's."""
    places = {"options": "lines_zh", "pairs": "lines_zh", "others": "lines_zh"}
    places |= {"criteria": "lines_zh", "reference": "reference_zh"}
    error.field = places.get(error.field or "", error.field)
    show_on(form, error)


def _page(
    bank: Bank,
    kind: str,
    form: QuestionForm,
    version: QuestionVersion | None,
    rows: list[media.Row],
    twin: str | None = None,
) -> ResponseReturnValue:
    is_wrong = form.errors or twin or any(row.errors for row in rows)
    page = render_template(
        "exams/editing/question.html",
        bank=bank,
        kind=kind,
        kinds=KINDS,
        form=form,
        version=version,
        twin=twin,
        has_lines=kind in typed.LINES,
        is_keyed=kind in typed.KEYED,
        is_referenced=kind in typed.REFERENCED,
        rows=[*rows, media.Row()][: items.MOST],
        letters=LETTERS if kind in items.WITH_OPTIONS else "",
        error_message=error_message,
        media_url=media_url,
    )
    return page, 400 if is_wrong else 200


@bp.post("/questions/<int:question_id>/withdraw")
@access.requires("exams.manage")
def withdraw_question(question_id: int) -> ResponseReturnValue:
    is_out = request.form.get("out") == "1"
    found = services.withdraw(
        db.session(), question_id, is_out=is_out, actor=Actor(viewer().person_id), now=now()
    )
    db.session.commit()
    flash(_("It is drawn no more.") if is_out else _("It can be drawn again."), "success")
    return redirect(url_for(".question", question_id=found.id), 303)


@bp.get("/questions/<int:question_id>/preview")
@access.requires("exams.manage")
def preview_question(question_id: int) -> ResponseReturnValue:
    version = services.current(db.session(), question_id)
    order = list(range(len(version.options)))
    if version.type != TRUE_FALSE.code:
        random.Random(version.id).shuffle(order)  # noqa: S311  nothing is drawn by it
    shown = SimpleNamespace(position=1, version=version, answer=None, option_order=order)
    return render_template(
        "exams/editing/preview.html", response=shown, version=version, media_url=media_url
    )
