"""For the two themselves: my mentees, and the page of a pair with its check-ins.

Those who may choose mentors see there that check-ins took place, not what was said in them.
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    Actor,
    DomainError,
    access,
    db,
    local_date,
    now,
    show_on,
    viewer,
    zone,
)
from lms.plugins.mentoring import checkins, pairing, seeing
from lms.plugins.mentoring.forms import MOODS, CheckInForm, DayForm, EndForm, ReplyForm
from lms.plugins.mentoring.models import CheckIn, Pair

bp = Blueprint("mentoring_pairs", __name__, url_prefix="/mentoring", template_folder="templates")


@bp.get("/mine")
@access.signed_in
def mine() -> ResponseReturnValue:
    session, today = db.session(), local_date(now(), zone())
    rows = seeing.of_mentor(session, viewer().person_id)
    courses = seeing.progress(session, [row.pair for row in rows], today)
    return render_template("mentoring/mine.html", rows=rows, courses=courses, today=today)


@bp.get("/pairs/<int:pair_id>")
@access.signed_in
def pair(pair_id: int) -> ResponseReturnValue:
    return _page(pair_id)


@bp.post("/pairs/<int:pair_id>/check-ins")
@access.signed_in
def plan(pair_id: int) -> ResponseReturnValue:
    found, form = _one_of(pairing.by_id(db.session(), pair_id)), DayForm()
    if form.validate_on_submit():
        try:
            checkins.plan(db.session(), found, form.day.data, actor=_me(), now=now())
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            flash(_("Planned; the other of you has been told."), "success")
            return _back(pair_id)
    return _page(pair_id, planned=form), 400


@bp.post("/check-ins/<int:check_in_id>/move")
@access.signed_in
def move(check_in_id: int) -> ResponseReturnValue:
    found, form = _check_in(check_in_id), DayForm()
    pair_id = found.pair_id
    if form.validate_on_submit():
        try:
            checkins.move(db.session(), found, form.day.data, actor=_me(), now=now())
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            flash(_("Moved; the other of you has been told."), "success")
            return _back(pair_id)
    return _page(pair_id, moved=(check_in_id, form)), 400


@bp.post("/check-ins/<int:check_in_id>")
@access.signed_in
def hold(check_in_id: int) -> ResponseReturnValue:
    found, form = _check_in(check_in_id), CheckInForm()
    pair_id = found.pair_id
    if form.validate_on_submit():
        try:
            checkins.hold(
                db.session(), found, mood=form.mood.data, note=form.note.data,
                next_focus=form.next_focus.data or "", actor=_me(), now=now(),
            )  # fmt: skip
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            flash(_("Saved; your mentee can read and answer it."), "success")
            return _back(pair_id)
    return _page(pair_id, held=(check_in_id, form)), 400


@bp.post("/check-ins/<int:check_in_id>/reply")
@access.signed_in
def reply(check_in_id: int) -> ResponseReturnValue:
    found, form = _check_in(check_in_id), ReplyForm()
    pair_id = found.pair_id
    if form.validate_on_submit():
        try:
            checkins.reply(db.session(), found, form.reply.data, actor=_me(), now=now())
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            flash(_("Your mentor has been told."), "success")
            return _back(pair_id)
    return _page(pair_id, replied=(check_in_id, form)), 400


def _page(pair_id: int, **forms: Any) -> str:
    """What the reader may see of a pair: the two all of it, those who choose mentors the dates."""
    session, me, today = db.session(), viewer(), local_date(now(), zone())
    found, check_ins = seeing.pair_page(session, pair_id) or abort(404)
    is_mentor, is_mentee = found.mentor_id == me.person_id, found.mentee_id == me.person_id
    may_choose = me.covers("mentoring.pair", found.mentee)
    if not (is_mentor or is_mentee or may_choose):
        abort(403)
    courses = seeing.progress(session, [found], today)
    return render_template(
        "mentoring/pair.html",
        pair=found,
        check_ins=check_ins,
        course=courses[found.enrolment_id],
        is_mentor=is_mentor,
        is_mentee=is_mentee,
        may_choose=may_choose and not is_mentee,
        today=today,
        moods=MOODS,
        hold_form=CheckInForm(formdata=None),
        end_form=EndForm(formdata=None),
        day_form=DayForm(formdata=None),
        reply_form=ReplyForm(formdata=None),
        **{"planned": None, "moved": None, "held": None, "replied": None} | forms,
    )


def _one_of(pair: Pair) -> Pair:
    """The pair, if the reader is one of the two."""
    if viewer().person_id not in (pair.mentor_id, pair.mentee_id):
        abort(403)
    return pair


def _check_in(check_in_id: int) -> CheckIn:
    found = checkins.by_id(db.session(), check_in_id)
    _one_of(found.pair)
    return found


def _back(pair_id: int) -> ResponseReturnValue:
    return redirect(url_for(".pair", pair_id=pair_id), 303)


def _me() -> Actor:
    return Actor(viewer().person_id)
