"""Picking the questions of a section: the bank searched, and what is in already beside it."""

import re
from collections.abc import Callable, Mapping

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    Actor,
    DomainError,
    NotFound,
    access,
    db,
    error_message,
    here,
    now,
    page_url,
    viewer,
)
from lms.plugins.exams import analysis
from lms.plugins.exams.manage import bp, media_url
from lms.plugins.exams.models import Bank, Exam
from lms.plugins.exams.papers import picking
from lms.plugins.exams.papers.sections import Section, sections_of
from lms.plugins.exams.types import KINDS

AT_ONCE = 12
_WHOLE = re.compile("[0-9]{1,9}")


@bp.get("/<key>/sections/<int:number>")
@access.requires("exams.manage")
def pick(key: str, number: int) -> ResponseReturnValue:
    """The list's state is in the address; so is the page to come back to after a change."""
    exam = _exam(key)
    section = picking.section_of(exam, number)
    places = picking.places(exam)
    args = {name: request.args.get(name, "").strip() for name in ("q", "tag", "type", "show")}
    level = request.args.get("difficulty", None, int)
    but = list(places) if args["show"] == "new" else []
    wanted = picking.choosable(section, args["q"], args["tag"], level, args["type"], but)
    return render_template(
        "exams/picking/page.html",
        exam=exam,
        number=number,
        section=section,
        sections=sections_of(exam),
        bank=db.session.get(Bank, section.bank_id),  # mostly the one loaded with the exam
        picked=picking.picked(db.session(), exam, section),
        places=places,
        page=db.paginate(wanted, per_page=AT_ONCE, error_out=False),
        tags=analysis.tags(db.session(), section.bank_id),
        args=args,
        level=level,
        kinds=KINDS,
        here=here,
        page_url=page_url,
        media_url=media_url,
    )


@bp.post("/<key>/sections/<int:number>")
@access.requires("exams.manage")
def change_picks(key: str, number: int) -> ResponseReturnValue:
    """`do`: add (what is ticked in `add`), add-ID, remove-ID, move-ID-PLACE, or save (the places
    and points typed). Points that were typed are kept whatever was pressed."""
    exam = _exam(key)
    before = picking.section_of(exam, number)
    try:
        how = _wanted(request.form.get("do", ""))
        is_changed = picking.change(
            db.session(), exam, number, how, actor=Actor(viewer().person_id), now=now()
        )
        db.session.commit()
    except NotFound:
        raise
    except DomainError as error:
        db.session.rollback()
        flash(error_message(error), "error")
    else:
        flash(*_said(before, picking.section_of(exam, number), is_changed))
    return redirect(request.full_path, 303)


def _wanted(do: str) -> Callable[[Section], Section]:
    what, _dash, rest = do.partition("-")
    found = [int(each) for each in _WHOLE.findall(rest)]
    if what == "add":
        chosen = found or [int(q) for q in request.form.getlist("add") if _WHOLE.fullmatch(q)]
        if not chosen:
            raise DomainError("Tick the questions to add first.")
        return lambda section: picking.added(section, chosen)
    points = _numbers("points")

    def arranged(section: Section) -> Section:
        kept = {q: p for q, p in points.items() if q in section.questions}
        section = picking.valued(section, kept)
        if what == "remove" and found:
            return picking.without(section, found[0])
        if what == "move" and len(found) == 2:
            return picking.moved(section, {found[0]: found[1]})
        shown = {question: at for at, question in enumerate(section.questions, start=1)}
        typed = {q: at for q, at in _numbers("at").items() if shown.get(q) != at}
        return picking.moved(section, typed) if what == "save" else section

    return arranged


def _numbers(name: str) -> Mapping[int, int]:
    """What was typed beside questions: `points-7` = 3. DomainError for what is no number."""
    found = {}
    for field, value in request.form.items():
        head, _dash, question = field.partition("-")
        if head != name or not _WHOLE.fullmatch(question):
            continue
        if not _WHOLE.fullmatch(value.strip()):
            raise DomainError("Enter a number.", field=field)
        found[int(question)] = int(value)
    return found


def _said(before: Section, after: Section, is_changed: bool) -> tuple[str, str]:
    more = len(after.questions) - len(before.questions)
    if more > 0:
        return ngettext("%(num)s question was added.", "%(num)s questions were added.", more), (
            "success"
        )
    if more < 0:
        return _("The question was taken out."), "success"
    return (_("Saved."), "success") if is_changed else (_("Nothing was changed."), "info")


def _exam(key: str) -> Exam:
    found = db.session.scalar(select(Exam).where(Exam.key == key).options(joinedload(Exam.bank)))
    if found is None:
        raise NotFound("There is no such exam.")
    return found
