"""Pages of those who make exams: settings, a drawn paper to look at, what one person is given."""

import secrets
from collections.abc import Mapping, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms.plugins.api import (
    Actor,
    AudienceForm,
    DomainError,
    NotFound,
    Programme,
    ProgrammeKind,
    ProgrammeVersion,
    access,
    db,
    is_latest,
    now,
    page_url,
    pick,
    show_on,
    viewer,
)
from lms.plugins.api import Person as PersonModel
from lms.plugins.api import Team as TeamModel
from lms.plugins.exams.manage import bp, media_url
from lms.plugins.exams.models import Bank, Exam, Question
from lms.plugins.exams.papers import drawing, editing, grants, preview, sections
from lms.plugins.exams.papers import rules as exam_rules
from lms.plugins.exams.papers.editing import Settings
from lms.plugins.exams.papers.forms import DRAWN, ExamForm, GrantForm, values_of

_AFTER_FAILING = (ProgrammeKind.RETRAINING, ProgrammeKind.TOPIC)


@bp.route("/new", methods=["GET", "POST"])
@access.requires("exams.manage")
def new_exam() -> ResponseReturnValue:
    """A new exam; the key is made here, so that the form sent twice makes one."""
    form = ExamForm()
    if request.method == "GET":
        form = ExamForm(formdata=None, key=f"exam-{secrets.token_hex(4)}")
    return _edited(form, None)


@bp.route("/<key>/settings", methods=["GET", "POST"])
@access.requires("exams.manage")
def settings(key: str) -> ResponseReturnValue:
    exam = _exam(key)
    if request.method == "GET":
        found = exam_rules.read(exam.rules)
        return _page(ExamForm(formdata=None, data=values_of(exam, found, _keys(exam))), exam)
    return _edited(ExamForm(), exam)


def _edited(form: ExamForm, exam: Exam | None) -> ResponseReturnValue:
    """The form as sent: a section more or less, or all of it saved."""
    what, _dash, number = request.form.get("do", "").partition("-")
    picks = int(number) + 1 if what == "pick" and number.isdecimal() else None
    if request.method == "GET" or what in {"add", "drop", "look"}:
        _rearrange(form, what, number)
        return _page(form, exam)
    audience = AudienceForm(_teams(), formdata=request.form).read()
    _offer(form)
    if not form.validate() or (form.is_alone.data and audience is None):  # said at its field
        return _page(form, exam), 400
    actor = Actor(viewer().person_id)
    try:
        wanted = form.settings(audience, _question_ids, is_to_pick=picks is not None)
        if exam is None:
            exam = editing.create(db.session(), form.key.data, wanted, actor=actor, now=now())
        else:
            base = int(form.base.data) if (form.base.data or "").isdecimal() else -1
            _change(exam, wanted, base, actor, may_be_same=picks is not None)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        return _page(form, exam), 400
    if picks is not None:
        return redirect(url_for("exams_manage.pick", key=exam.key, number=picks), 303)
    flash(_("Saved. Whoever is sitting it keeps the settings they began with."), "success")
    return redirect(url_for("exams_manage.settings", key=exam.key), 303)


def _change(exam: Exam, wanted: Settings, base: int, actor: Actor, *, may_be_same: bool) -> None:
    try:
        editing.change(db.session(), exam, wanted, base_number=base, actor=actor, now=now())
    except editing.NothingChanged:
        if not may_be_same:
            raise


def _rearrange(form: ExamForm, what: str, number: str) -> None:
    if what == "add" and len(form.sections) < sections.MOST_SECTIONS:
        form.sections.append_entry({"how": DRAWN, "points": 1})
    elif what == "drop" and number.isdecimal() and len(form.sections) > 1:
        kept = [entry.data for at, entry in enumerate(form.sections) if at != int(number)]
        while form.sections.entries:
            form.sections.pop_entry()
        for values in kept:
            form.sections.append_entry(values)


def _page(form: ExamForm, exam: Exam | None) -> str:
    tags = _offer(form)
    stored = exam_rules.read(exam.rules).audience if exam is not None else None
    typed = request.form if request.method == "POST" else None
    return render_template(
        "exams/settings.html",
        form=form,
        exam=exam,
        audience=AudienceForm(_teams(), formdata=typed, obj=None if typed else stored),
        fitting=_fitting(form) if typed else [],
        tags=tags,
    )


def _offer(form: ExamForm) -> Mapping[int, list[tuple[str, int]]]:
    """Fill the form's choices; returns the tags of each bank, the commonest first."""
    found = db.session.scalars(select(Bank).order_by(Bank.key))
    banks = [(bank.id, pick(bank.title)) for bank in found]
    courses = db.session.execute(
        select(Programme.key, ProgrammeVersion.title)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .where(Programme.kind.in_(_AFTER_FAILING), is_latest())
        .order_by(Programme.kind, Programme.id)
    )
    form.offer(banks, {key: pick(title) for key, title in courses})
    return preview.tags_by_bank(db.session())


def _fitting(form: ExamForm) -> list[int]:
    """By section how many questions it could draw from."""
    wanted = [entry.form.drawn() for entry in form.sections]
    found = drawing.pool(db.session(), wanted, None)
    return [sum(at in candidate.fits for candidate in found) for at in range(len(wanted))]


@bp.get("/<key>/preview")
@access.requires("exams.manage")
def preview_paper(key: str) -> ResponseReturnValue:
    """A paper as somebody could get it, with the key; another number, another paper."""
    exam, seed = _exam(key), request.args.get("seed", 1, int)
    paper, refusal = preview.paper(db.session(), exam, abs(seed))
    return render_template(
        "exams/preview.html", exam=exam, seed=abs(seed), paper=paper, refusal=refusal,
        media_url=media_url,
    )  # fmt: skip


@bp.route("/<key>/people", methods=["GET", "POST"])
@access.requires("exams.manage")
def grant(key: str) -> ResponseReturnValue:
    """Extra time and new starts of single people: the list, and giving one."""
    exam, form = _exam(key), GrantForm(staff_no=request.args.get("who", ""))
    if form.validate_on_submit():
        try:
            _give(exam, form)
            db.session.commit()
        except DomainError as error:
            show_on(form, error)
        else:
            return redirect(url_for("exams_manage.grant", key=key), 303)
    page = db.paginate(grants.listed(exam.id), per_page=25, error_out=False)
    shown = render_template(
        "exams/grants.html", exam=exam, form=form, page=page, page_url=page_url,
        sitting=grants.sitting_now(db.session(), exam.id, now()),
    )  # fmt: skip
    return shown, 400 if form.errors or form.form_errors else 200


def _give(exam: Exam, form: GrantForm) -> None:
    session, actor = db.session(), Actor(viewer().person_id)
    staff_no = form.staff_no.data
    person_id = session.scalar(select(PersonModel.id).where(PersonModel.staff_no == staff_no))
    if person_id is None:
        raise DomainError("There is nobody with this staff number.", field="staff_no")
    if request.form.get("do") == "reset":
        grants.reset(session, exam.id, person_id, reason=form.reason.data, actor=actor, now=now())
        flash(_("Done: attempts so far do not count any more."), "success")
        return
    if form.minutes.data is None:
        raise DomainError("Enter a number.", field="minutes")
    grants.add_time(
        session, exam.id, person_id, form.minutes.data,
        reason=form.reason.data, actor=actor, now=now(),
    )  # fmt: skip
    flash(_("Done: the time holds from now on, also in an open attempt."), "success")


def _question_ids(bank_id: int, keys: Sequence[str]) -> tuple[int, ...]:
    return sections.question_ids(db.session(), bank_id, keys)


def _keys(exam: Exam) -> dict[int, str]:
    wanted = [q for section in sections.sections_of(exam) for q in section.questions]
    if not wanted:
        return {}
    found = db.session.execute(select(Question.id, Question.key).where(Question.id.in_(wanted)))
    return {question_id: key for question_id, key in found}


def _teams() -> dict[int, str]:
    return {t.id: t.name for t in db.session.scalars(select(TeamModel).order_by(TeamModel.name))}


def _exam(key: str) -> Exam:
    found = db.session.scalar(select(Exam).where(Exam.key == key))
    if found is None:
        raise NotFound("There is no such exam.")
    return found
