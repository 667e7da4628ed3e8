"""After an exam: its result, going through the answers, one's own mistakes."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.plugins.api import (
    AppealStanding,
    access,
    appeal_standing,
    db,
    now,
    page_of,
    page_url,
    viewer,
)
from lms.plugins.exams import leavings, mistakes, results, reviewing
from lms.plugins.exams.correcting import appealing
from lms.plugins.exams.papers.showing import Visible, visible
from lms.plugins.exams.results import Sat
from lms.plugins.exams.reviewing import ShownQuestion
from lms.plugins.exams.views import bp, media_url


@bp.get("/attempts/<int:attempt_id>/result")
@access.signed_in
def result(attempt_id: int) -> ResponseReturnValue:
    """For the person; and for trainers once the exam is handed in."""
    attempt, is_own = _found(attempt_id)
    if is_own and attempt.submitted_at is None:
        return redirect(url_for("exams.take", attempt_id=attempt_id))
    return render_template(
        "exams/result.html",
        result=results.result_of(db.session(), attempt, _visible(attempt, is_own)),
        is_own=is_own,
        left=None if is_own else leavings.summary(db.session(), attempt),
    )


@bp.get("/attempts/<int:attempt_id>/review")
@access.signed_in
def review(attempt_id: int) -> ResponseReturnValue:
    """The questions of the attempt, ten at a time, with what of them may be shown."""
    attempt, is_own = _found(attempt_id)
    if is_own and attempt.score is None:
        return redirect(url_for("exams.result", attempt_id=attempt_id))
    shown = reviewing.review(
        db.session(),
        attempt,
        visible=_visible(attempt, is_own),
        only_wrong=request.args.get("show") == "wrong",
        page=request.args.get("page", 1, int),
        position=request.args.get("q", None, int),
    )
    return render_template(
        "exams/review.html",
        review=shown,
        is_own=is_own,
        appeals=_appeals(attempt, shown.questions) if is_own else {},
        subject_id=appealing.subject_id,
        media_url=partial(media_url, attempt_id),
        page_url=page_url,
    )


def _found(attempt_id: int) -> tuple[Sat, bool]:
    """The attempt, and whether it is the viewer's."""
    found = results.found(db.session(), attempt_id) or abort(404)
    is_own = found.person_id == viewer().person_id
    if not is_own and not viewer().may("exams.manage", access.Scope.ALL):
        abort(404)
    return found, is_own


def _visible(attempt: Sat, is_own: bool) -> Visible:
    if not is_own:
        return Visible()
    return visible(db.session(), attempt, now(), sits_again=attempt.sits_again)


def _appeals(attempt: Sat, questions: Sequence[ShownQuestion]) -> dict[int, AppealStanding]:
    """By position until when an answer that is not right can be appealed against: the same for
    all of them, less those that were corrected later."""
    at, found = now(), {}
    by_moment: dict[datetime, AppealStanding] = {}
    for question in questions:
        since = appealing.final_at(attempt, question.corrected_at, question.ruling)
        if since is None or question.is_correct:
            continue
        if since not in by_moment:
            by_moment[since] = appeal_standing(
                db.session(), appealing.KIND, appealing.subject_id(attempt.id, 0),
                attempt.person_id, final_at=since, now=at,
            )  # fmt: skip
        found[question.position] = by_moment[since]
    return found


@bp.get("/mistakes")
@access.signed_in
def own_mistakes() -> ResponseReturnValue:
    """What the person had wrong the last time it was asked."""
    found = mistakes.mistakes(db.session(), viewer().person_id, now())
    page = page_of(found, per_page=10)
    return render_template(
        "exams/mistakes.html", page=page, page_url=page_url,
        media_url=lambda attempt_id: partial(media_url, attempt_id),
    )  # fmt: skip
