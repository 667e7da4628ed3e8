"""Sitting an exam."""

import itertools
from datetime import datetime
from functools import partial

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lms.plugins.api import (
    DomainError,
    NotFound,
    access,
    db,
    error_message,
    now,
    pick,
    snapshot,
    viewer,
)
from lms.plugins.exams import attempts, forms, leavings, saving
from lms.plugins.exams.handing_in import finish
from lms.plugins.exams.papers import entry, rules
from lms.plugins.exams.papers.showing import promised
from lms.plugins.exams.saving import AttemptOver
from lms.plugins.exams.standing import is_over
from lms.plugins.exams.types import KINDS
from lms.plugins.exams.types.blank import GAP

bp = Blueprint(
    "exams",
    __name__,
    url_prefix="/exams",
    template_folder="templates",
    static_folder="static",
)


@bp.get("/attempts/<int:attempt_id>")
@access.signed_in
def take(attempt_id: int) -> ResponseReturnValue:
    attempt = attempts.own(db.session(), attempt_id, viewer().person_id)
    if attempt.submitted_at is not None:
        return redirect(url_for("exams.result", attempt_id=attempt_id))
    if is_over(attempt, now()):
        return render_template("exams/time_up.html", attempt=attempt)
    paper = attempts.questions(db.session(), attempt_id)
    here = min(max(request.args.get("q", 1, int), 1), len(paper))
    return render_template(
        "exams/take.html",
        attempt=attempt,
        paper=paper,
        here=here,
        show_all=request.args.get("view") == "all",
        media_url=partial(media_url, attempt_id),
        now_ms=milliseconds(now()),
        deadline_ms=milliseconds(attempt.deadline),
        seconds_left=int((attempt.deadline - now()).total_seconds()),
    )


@bp.get("/attempts/<int:attempt_id>/check")
@access.signed_in
def check(attempt_id: int) -> ResponseReturnValue:
    """Before handing in: what is answered, what is not, what was marked to come back to."""
    attempt = attempts.own(db.session(), attempt_id, viewer().person_id)
    if attempt.submitted_at is not None or is_over(attempt, now()):
        return redirect(url_for("exams.take", attempt_id=attempt_id))
    return render_template(
        "exams/check.html",
        attempt=attempt,
        paper=attempts.questions(db.session(), attempt_id),
        promised=promised(rules.read(attempt.rules)),
        now_ms=milliseconds(now()),
        deadline_ms=milliseconds(attempt.deadline),
        seconds_left=int((attempt.deadline - now()).total_seconds()),
    )


@bp.get("/attempts/<int:attempt_id>/clock")
@access.signed_in
def clock(attempt_id: int) -> ResponseReturnValue:
    """For a page whose own clock is not to be trusted, or that was out of sight for long."""
    deadline = attempts.own(db.session(), attempt_id, viewer().person_id).deadline
    until = _("until %(time)s", time=clock_time(deadline))
    return jsonify(now=milliseconds(now()), deadline=milliseconds(deadline), until=until)


@bp.post("/attempts/<int:attempt_id>/answers")
@access.signed_in
def save(attempt_id: int) -> ResponseReturnValue:
    """Answers given, from the script one by one or from the form of the page."""
    me, at = viewer().person_id, now()
    try:
        given = forms.answers(_form())
        try:
            older, deadline = saving.save_at_once(attempt_id, me, given, now=at)
        except AttemptOver as over:
            attempt = finish(db.session(), attempt_id, now=at, only_if_over=True)
            if attempt.submitted_at is not None:
                return _handed_in(attempt_id, error_message(over))
            # More time meanwhile.
            older = saving.save(db.session(), attempt_id, me, given, now=at)
            deadline = attempt.deadline
    except DomainError as error:
        if not _is_script():
            raise
        db.session.rollback()
        return jsonify(message=error_message(error)), 404 if isinstance(error, NotFound) else 400
    db.session.commit()
    if _is_script():
        return jsonify(now=milliseconds(now()), older=older, deadline=milliseconds(deadline))
    if older:
        flash(_("A newer answer had been saved from another window; it is shown here."), "warning")
    return redirect(_next_page(attempt_id))


def _handed_in(attempt_id: int, message: str) -> ResponseReturnValue:
    db.session.commit()
    where = url_for("exams.result", attempt_id=attempt_id)
    if _is_script():
        return jsonify(message=message, url=where), 409
    flash(message, "warning")
    return redirect(where)


def _next_page(attempt_id: int) -> str:
    go = request.form.get("go", "")
    if go == "check":
        return url_for("exams.check", attempt_id=attempt_id)
    if go == "all":
        return url_for("exams.take", attempt_id=attempt_id, view="all")
    return url_for("exams.take", attempt_id=attempt_id, q=go if go.isdecimal() else 1)


@bp.post("/attempts/<int:attempt_id>/submit")
@access.signed_in
def submit(attempt_id: int) -> ResponseReturnValue:
    with snapshot() as connection:  # before anybody waits for this request
        attempts.check_own(connection, attempt_id, viewer().person_id)
    by_clock = "over" in request.form
    attempt = finish(db.session(), attempt_id, now=now(), only_if_over=by_clock)
    is_over_now = attempt.submitted_at is not None  # else more time was given meanwhile
    db.session.commit()
    where = url_for("exams.result" if is_over_now else "exams.take", attempt_id=attempt_id)
    return jsonify(over=is_over_now, url=where) if _is_script() else redirect(where)


@bp.post("/attempts/<int:attempt_id>/seen")
@access.signed_in
def seen(attempt_id: int) -> ResponseReturnValue:
    """The page went out of sight, or came back."""
    is_back = request.form.get("where") == "back"
    leavings.record(db.session(), attempt_id, viewer().person_id, is_back=is_back, now=now())
    db.session.commit()
    return "", 204


@bp.get("/mine")
@access.signed_in
def mine() -> ResponseReturnValue:
    """Exams that the person may sit, or sat, outside any course."""
    at = now()
    return render_template(
        "exams/mine.html",
        offers=entry.offers(db.session(), viewer().person_id, at),
        now=at,
        is_over=is_over,
        promised=promised,
        error_message=error_message,
    )


@bp.post("/<key>/sit")
@access.signed_in
def sit(key: str) -> ResponseReturnValue:
    """Begin, or go on with, an exam outside any course."""
    try:
        attempt = entry.enter(db.session(), key, viewer().person_id, now())
        db.session.commit()
    except NotFound:
        raise
    except DomainError as error:
        db.session.rollback()
        flash(error_message(error), "warning")
        return redirect(url_for("exams.mine"), 303)
    return redirect(url_for("exams.take", attempt_id=attempt.id), 303)


@bp.app_template_filter("clock_time")
def clock_time(at: datetime) -> str:
    """The local time of day."""
    return str(format_time(at, "short"))


@bp.app_template_filter("question_type")
def question_type(code: str) -> str:
    return pick(KINDS[code].label)


@bp.app_template_filter("numbered_gaps")
def numbered_gaps(stem: str) -> str:
    """`___` becomes `__(1)__`."""
    count = itertools.count(1)
    return GAP.sub(lambda _found: f"__({next(count)})__", stem)


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def media_url(attempt_id: int, position: int, sha256: str) -> str:
    return url_for("exams.media", attempt_id=attempt_id, position=position, sha256=sha256)


def _form() -> MultiDict[str, str]:
    return request.form


def _is_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"
