"""The scoring queue and the scoring page."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.cases import queue as waiting
from lms.cases import scoring
from lms.cases.blueprint import actor, bp
from lms.cases.models import DrillRun, RunState
from lms.cases.scoring import Marks
from lms.cases.timing import measure
from lms.clock import now
from lms.db import db
from lms.errors import Conflict, DomainError, NotAllowed
from lms.web.errors import message
from lms.web.lists import Page, here, page_url


@bp.get("/scoring")
@access.requires("drills.score")
def queue() -> ResponseReturnValue:
    who, scored = viewer(), request.args.get("show") == "scored"
    number = min(max(1, request.args.get("page", 1, type=int)), 10_000)
    found = waiting.scored_by if scored else waiting.to_score
    shown, total = found(db.session(), who.clause("drills.score"), who.person_id, number)
    page = Page(shown, number, max(1, -(-total // waiting.PAGE_SIZE)), total)
    return render_template(
        "cases/queue.html", page=page, scored=scored, here=here, page_url=page_url, now_at=now()
    )


@bp.route("/scoring/<int:run_id>", methods=["GET", "POST"])
@access.requires("drills.score")
def score(run_id: int) -> ResponseReturnValue:
    run, me = _run(run_id), viewer().person_id
    mine = scoring.marks_of_rater(db.session(), run_id, me)
    if request.method == "GET":
        if run.state == RunState.SCORED or mine is not None:
            return redirect(url_for("cases.result", run_id=run_id))
        return _page(run, Marks({}))
    marks = _typed(run)
    try:
        scoring.rate(db.session(), run_id, marks, actor=actor(), now=now())
    except NotAllowed:
        raise
    except DomainError as error:
        return _again(run_id, marks, error)
    db.session.commit()
    flash(_("Scored. The next one waits below."), "success")
    return redirect(url_for("cases.queue"), 303)


@bp.route("/scoring/<int:run_id>/amend", methods=["GET", "POST"])
@access.requires("drills.score")
def amend(run_id: int) -> ResponseReturnValue:
    run = _run(run_id)
    mine = scoring.marks_of_rater(db.session(), run_id, viewer().person_id)
    if mine is None:
        abort(403)
    if request.method == "GET":
        return _page(run, mine, is_amendment=True)
    marks, reason = _typed(run), _text("reason")
    try:
        scoring.amend(db.session(), run_id, marks, reason, actor=actor(), now=now())
    except DomainError as error:
        return _again(run_id, marks, error, is_amendment=True, reason=reason)
    db.session.commit()
    flash(_("The scoring was amended; the earlier one is kept."), "success")
    return redirect(url_for("cases.result", run_id=run_id), 303)


def _run(run_id: int) -> DrillRun:
    run = scoring.full_run(db.session(), run_id)
    access.require("drills.score", run.person)
    if run.person_id == viewer().person_id:
        raise NotAllowed("Nobody scores their own run.")
    if run.state == RunState.OPEN:
        abort(404)
    return run


def _text(name: str) -> str:
    return request.form.get(name, "").replace("\0", "").replace("\r\n", "\n").strip()


def _typed(run: DrillRun) -> Marks:
    """The form as marks; a level that is missing is left for the service to name."""
    keys = [criterion["key"] for criterion in run.rubric.criteria]
    levels = {key: request.form.get(f"level-{key}", type=int) for key in keys}
    return Marks(
        {key: level for key, level in levels.items() if level is not None},
        {key: text for key in keys if (text := _text(f"comment-{key}"))},
        request.form.getlist("critical"),
        _text("comment"),
    )


def _again(
    run_id: int, marks: Marks, error: DomainError, *, is_amendment: bool = False, reason: str = ""
) -> ResponseReturnValue:
    """The page once more, with everything that was typed and what is wrong with it."""
    db.session.rollback()
    db.session.expire_all()
    errors = {error.field or "": message(error)}
    page = _page(_run(run_id), marks, errors, is_amendment=is_amendment, reason=reason)
    return page, 409 if isinstance(error, Conflict) else 400


def _page(
    run: DrillRun,
    marks: Marks,
    errors: dict[str, str] | None = None,
    *,
    is_amendment: bool = False,
    reason: str = "",
) -> str:
    decides = run.state == RunState.ADJUDICATION
    return render_template(
        "cases/score.html",
        run=run,
        marks=marks,
        errors=errors or {},
        times=measure(run.messages),
        # The one who decides sees what the two raters gave; a rater never sees the other's.
        given=[r for r in run.ratings if decides and r.superseded_at is None],
        is_amendment=is_amendment,
        reason=reason,
    )
