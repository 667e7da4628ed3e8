"""The scoring queue and the scoring page."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.appeals import services as appeals
from lms.appeals.models import Appeal
from lms.cases import queue as queues
from lms.cases import scoring
from lms.cases.appealing import KIND
from lms.cases.blueprint import actor, bp
from lms.cases.marks_form import text, typed
from lms.cases.models import DrillRun, RunState
from lms.cases.raters.qualification import qualified
from lms.cases.scoring import Marks, waiting
from lms.cases.scoring.drafts import of_run
from lms.cases.scoring.marks import marks_of
from lms.cases.scoring.reading import notes_by_line, outcome, standing_of
from lms.cases.timing import measure
from lms.clock import now
from lms.db import db
from lms.errors import Conflict, DomainError, NotAllowed
from lms.web.errors import message
from lms.web.lists import Page, page_url


@bp.get("/scoring")
@access.requires("drills.score")
def queue() -> ResponseReturnValue:
    who, scored = viewer(), request.args.get("show") == "scored"
    number = min(max(1, request.args.get("page", 1, type=int)), 10_000)
    found = queues.scored_by if scored else queues.to_score
    shown, total = found(db.session(), who.clause("drills.score"), who.person_id, number)
    page = Page(shown, number, max(1, -(-total // queues.PAGE_SIZE)), total)
    return render_template(
        "cases/queue.html", page=page, scored=scored, page_url=page_url, now_at=now(),
        needs_gold=not scored and not qualified(db.session(), [who.person_id]),
    )  # fmt: skip


@bp.route("/scoring/<int:run_id>", methods=["GET", "POST"])
@access.requires("drills.score")
def score(run_id: int) -> ResponseReturnValue:
    run, me = _run(run_id), viewer().person_id
    if request.method == "GET":
        if run.state == RunState.SCORED or standing_of(run, me) is not None:
            return redirect(url_for("cases.result", run_id=run_id))
        kept = scoring.draft_of(db.session(), of_run(run_id), me)
        return _page(
            run, kept.marks if kept else Marks({}), saved_at=kept.saved_at if kept else None
        )
    marks = typed(run.rubric)
    try:
        scoring.rate(db.session(), run_id, marks, actor=actor(), now=now())
    except NotAllowed:
        raise
    except DomainError as error:
        return _again(run_id, marks, error)
    db.session.commit()
    flash(_said(run), "success")
    return redirect(url_for("cases.queue"), 303)


def _said(run: DrillRun) -> str:
    """Whether that was the last word, or others have theirs to say."""
    if run.state == RunState.SCORED:
        return str(_("Scored. The next one waits below."))
    if run.state == RunState.ADJUDICATION:
        return str(_("Submitted. The raters are too far apart: somebody else decides."))
    return str(_("Submitted. The score is final when another rater has scored it too."))


@bp.post("/scoring/<int:run_id>/draft")
@access.requires("drills.score")
def keep_draft(run_id: int) -> ResponseReturnValue:
    """What has been typed so far: sent by the page's script, or by the button without one."""
    run = _run(run_id)
    me = viewer().person_id
    scoring.keep_draft(db.session(), run_id, typed(run.rubric), rater_id=me, now=now())
    db.session.commit()
    if request.headers.get("Accept", "").startswith("application/json"):
        return {"said": _("Draft saved at %(time)s", time=format_time(now(), "HH:mm"))}
    flash(_("Draft saved: go on whenever you like."), "success")
    return redirect(url_for("cases.queue"), 303)


@bp.route("/scoring/<int:run_id>/amend", methods=["GET", "POST"])
@access.requires("drills.score")
def amend(run_id: int) -> ResponseReturnValue:
    run = _run(run_id)
    mine = standing_of(run, viewer().person_id)
    if mine is None:
        abort(403)
    if request.method == "GET":
        if run.state != RunState.SCORED or mine not in outcome(run).decisive:
            return redirect(url_for("cases.result", run_id=run_id))
        return _page(run, marks_of(mine), is_amendment=True)
    marks, reason = typed(run.rubric), text("reason")
    try:
        scoring.amend(db.session(), run_id, marks, reason, actor=actor(), now=now())
    except DomainError as error:
        return _again(run_id, marks, error, is_amendment=True, reason=reason)
    db.session.commit()
    flash(_("The scoring was amended; the earlier one is kept."), "success")
    return redirect(url_for("cases.result", run_id=run_id), 303)


@bp.post("/drills/<int:drill_id>/raters")
@access.requires("cases.author")
def set_raters(drill_id: int) -> ResponseReturnValue:
    """How many score a run of this drill."""
    number = request.form.get("raters", type=int)
    waiting.set_raters(db.session(), drill_id, number, actor=actor(), now=now())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("cases.drill", drill_id=drill_id), 303)


def _run(run_id: int) -> DrillRun:
    run = scoring.full_run(db.session(), run_id)
    access.require("drills.score", run.person)
    if run.person_id == viewer().person_id:
        raise NotAllowed("Nobody scores their own run.")
    if run.state in (RunState.OPEN, RunState.PRACTISED):
        abort(404)
    return run


def _again(
    run_id: int, marks: Marks, error: DomainError, *, is_amendment: bool = False, reason: str = ""
) -> ResponseReturnValue:
    """The page once more, with everything that was typed and what is wrong with it."""
    db.session.rollback()
    db.session.expire_all()
    errors = {error.field or "": message(error)}
    page = _page(_run(run_id), marks, errors, is_amendment=is_amendment, reason=reason)
    return page, 409 if isinstance(error, Conflict) else 400


def _page(run: DrillRun, marks: Marks, errors: dict[str, str] | None = None, **more: object) -> str:
    me = viewer().person_id
    decides = run.state == RunState.ADJUDICATION and all(r.rater_id != me for r in run.ratings)
    # The one who decides sees what the raters gave; a rater never sees another's.
    given = [r for r in run.ratings if decides and r.superseded_at is None]
    return render_template(
        "cases/score.html",
        run=run,
        rubric=run.rubric,
        marks=marks,
        errors=errors or {},
        times=measure(run.messages),
        given=given,
        notes=notes_by_line((_("Rater %(n)s", n=n), r.lines) for n, r in enumerate(given, 1)),
        appeal=_upheld(run) if decides else None,
        needs_gold=decides and not qualified(db.session(), [me]),
        **more,
    )


def _upheld(run: DrillRun) -> Appeal | None:
    """The appeal because of which the run is scored anew."""
    return appeals.of_subject(db.session(), KIND, run.id, run.person_id)
