"""Marking: what waits, and one answer after the other, without a name on it."""

from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from lms.plugins.api import (
    Conflict,
    DomainError,
    Panel,
    Session,
    access,
    db,
    error_message,
    now,
    viewer,
)
from lms.plugins.exams.manage import bp
from lms.plugins.exams.markers import marks, queue
from lms.plugins.exams.markers.marks import Given
from lms.plugins.exams.models import Mark
from lms.plugins.exams.papers.showing import Visible
from lms.plugins.exams.reviewing import shown


class CommentForm(FlaskForm):  # type: ignore[misc]
    comment = TextAreaField(_l("Comment for the person"))


@dataclass
class Typed:
    """The points as typed, and what is wrong with them, by criterion."""

    points: list[str]
    errors: dict[int, str] = field(default_factory=dict)


@bp.get("/marking")
@access.requires("exams.mark")
def marking() -> ResponseReturnValue:
    me = viewer().person_id
    return render_template(
        "exams/marking/queue.html",
        piles=queue.piles(db.session(), me, now()),
        begun=queue.begun(db.session(), me),
    )


@bp.post("/marking/next")
@access.requires("exams.mark")
def next_answer() -> ResponseReturnValue:
    return _to_next(request.form.get("version", None, int))


def _to_next(version_id: int | None) -> ResponseReturnValue:
    mark = marks.claim(db.session(), viewer().person_id, now=now(), version_id=version_id)
    db.session.commit()
    if mark is None:
        flash(_("Nothing more waits here."), "success")
        return redirect(url_for(".marking"), 303)
    return redirect(url_for(".mark", mark_id=mark.id), 303)


@bp.get("/marking/<int:mark_id>")
@access.requires("exams.mark")
def mark(mark_id: int) -> ResponseReturnValue:
    found = marks.own(db.session(), mark_id, viewer().person_id)
    typed = Typed(["" if p is None else str(p) for p in found.points])
    return _page(found, typed, CommentForm(formdata=None, comment=found.comment))


def _page(found: Mark, typed: Typed, form: CommentForm, status: int = 200) -> ResponseReturnValue:
    version = found.response.version
    waiting = queue.answers(viewer().person_id, now(), version.id)
    return render_template(
        "exams/marking/mark.html",
        mark=found,
        version=version,
        shown=shown(found.response, Visible()),
        most=marks.most(version),
        typed=typed,
        form=form,
        more=len(db.session.scalars(waiting.limit(100)).all()),
        media_url=lambda _position, sha256: url_for(".mark_media", mark_id=found.id, sha256=sha256),
    ), status


@bp.post("/marking/<int:mark_id>")
@access.requires("exams.mark")
def give_mark(mark_id: int) -> ResponseReturnValue:
    """`do`: submit, draft (kept, by hand or while typing) or back (for somebody else)."""
    me, do = viewer().person_id, request.form.get("do", "submit")
    found = marks.own(db.session(), mark_id, me)
    form, typed = CommentForm(), _typed(found)
    version_id = found.response.version_id
    try:
        if do == "back":  # whatever was typed
            marks.give_back(db.session(), mark_id, me, now=now())
            db.session.commit()
            return redirect(url_for(".marking"), 303)
        if not form.validate() or typed.errors:
            return _page(found, typed, form, 400)
        given = Given([int(p) if p else None for p in typed.points], form.comment.data or "")
        if do == "draft":
            marks.keep(db.session(), mark_id, me, given, now=now())
        else:
            marks.submit(db.session(), mark_id, me, given, now=now())
    except Conflict as error:
        db.session.rollback()
        flash(error_message(error), "warning")
        return redirect(url_for(".marking"), 303)
    except DomainError as error:
        db.session.rollback()
        _show(error, typed, form)
        return _page(marks.own(db.session(), mark_id, me), typed, form, 400)
    db.session.commit()
    if do == "draft" and request.headers.get("HX-Request"):
        return "", 204
    if do == "submit":
        return _to_next(version_id)
    return redirect(url_for(".marking"), 303)


def _typed(found: Mark) -> Typed:
    count = len(marks.most(found.response.version))
    typed = Typed([request.form.get(f"points-{n}", "").strip() for n in range(count)])
    for place, text in enumerate(typed.points):
        if text and not (text.isascii() and text.isdecimal() and len(text) < 5):
            typed.errors[place] = _("Give a whole number.")
    return typed


def _show(error: DomainError, typed: Typed, form: CommentForm) -> None:
    name, _dash, place = (error.field or "").partition("-")
    if name == "points":
        typed.errors[int(place)] = error_message(error)
    else:
        form.comment.errors = [error_message(error)]


def panel(session: Session, person_id: int) -> list[Panel] | None:
    """For the start page: how many answers wait."""
    count = queue.how_many(session, person_id, now())
    return [Panel(render_template("exams/marking/panel.html", count=count), 20)] if count else None
