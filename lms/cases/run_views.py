"""The drill room, and what came of it. A run is its owner's; others see it by their permissions."""

from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.appeals import services as appeals
from lms.appeals.services import Standing as AppealStanding
from lms.cases import runs, scoring
from lms.cases.appealing import KIND, final_at
from lms.cases.blueprint import bp
from lms.cases.models import DrillRun, RunState
from lms.cases.practice import reading as practice
from lms.cases.raters.blinding import BLIND, has_to_score_first
from lms.cases.scoring.reading import Outcome, notes_by_line, outcome
from lms.cases.scripts import playing
from lms.cases.timing import measure
from lms.clock import now
from lms.db import db
from lms.errors import Conflict, DomainError, NotAllowed
from lms.web.errors import message


@bp.get("/drills/runs/<int:run_id>")
@access.signed_in
def room(run_id: int) -> ResponseReturnValue:
    run = runs.own_run(db.session(), run_id, viewer().person_id)
    if run.state != RunState.OPEN:
        return redirect(url_for("cases.result", run_id=run_id))
    return _room(run)


def _room(run: DrillRun, typed: str = "", error: str = "") -> str:
    return render_template(
        "cases/room.html",
        run=run,
        times=measure(run.messages),
        is_over=runs.customer_is_done(run),
        choices=playing.choices(run.drill, run.messages),
        mood=playing.mood(run.drill, run.messages),
        client_key=token_urlsafe(12),
        typed=typed,
        error=error,
        server_now=now(),
    )


@bp.post("/drills/runs/<int:run_id>/say")
@access.signed_in
def say(run_id: int) -> ResponseReturnValue:
    text = request.form.get("text", "").replace("\0", "").replace("\r\n", "\n")
    key, me = request.form.get("client_key", ""), viewer().person_id
    try:
        if not key:
            raise DomainError("Reload the page and send again.")
        runs.say(
            db.session(), run_id, me, text, client_key=key.replace("\0", ""), now=now(),
            choice=request.form.get("choice", type=int),
        )  # fmt: skip
        db.session.commit()
    except Conflict as error:
        db.session.rollback()
        flash(message(error), "warning")
    except DomainError as error:
        db.session.rollback()
        run = runs.own_run(db.session(), run_id, me)
        return _room(run, typed=text[: runs.MAX_TEXT * 2], error=message(error)), 400
    return redirect(url_for("cases.room", run_id=run_id), 303)


@bp.post("/drills/runs/<int:run_id>/overrule")
@access.signed_in
def overrule(run_id: int) -> ResponseReturnValue:
    """What was recognised in the last reply, as the learner sees it."""
    given, me = request.form, viewer().person_id
    seq, said = given.get("seq", -1, type=int), given.getlist("said", type=int)
    denied = given.getlist("denied", type=int)
    try:
        runs.overrule(db.session(), run_id, me, seq, said=said, denied=denied, now=now())
        db.session.commit()
    except Conflict as error:
        db.session.rollback()
        flash(message(error), "warning")
    return redirect(url_for("cases.room", run_id=run_id), 303)


@bp.post("/drills/runs/<int:run_id>/finish")
@access.signed_in
def finish_run(run_id: int) -> ResponseReturnValue:
    return _ended(run_id, runs.finish, None)


@bp.post("/drills/runs/<int:run_id>/hand-in")
@access.signed_in
def hand_in(run_id: int) -> ResponseReturnValue:
    return _ended(run_id, runs.hand_in, _("Handed in: a trainer scores it and you are told."))


def _ended(run_id: int, end: Callable[..., object], said: str | None) -> ResponseReturnValue:
    """On to the result; back to the conversation with what is still missing there."""
    me = viewer().person_id
    try:
        end(db.session(), run_id, me, now=now())
    except DomainError as error:
        if error.field is None:
            raise
        db.session.rollback()
        return _room(runs.own_run(db.session(), run_id, me), error=message(error)), 400
    db.session.commit()
    if said:
        flash(said, "success")
    return redirect(url_for("cases.result", run_id=run_id), 303)


@bp.get("/drills/runs/<int:run_id>/result")
@access.signed_in
def result(run_id: int) -> ResponseReturnValue:
    run = scoring.full_run(db.session(), run_id)
    who = viewer()
    if not any(who.covers(name, run.person) for name in ("progress.view", "drills.score")):
        abort(404)
    if run.state == RunState.OPEN:
        return redirect(url_for("cases.room", run_id=run_id))
    if run.state == RunState.PRACTISED and run.person_id != who.person_id:
        abort(404)  # practice is one's own until it is handed in
    if _is_blind(run):
        raise NotAllowed(BLIND)
    # Before the score is final nobody is shown what a single rater thinks.
    is_final = run.state in (RunState.SCORED, RunState.APPEALED)
    how = outcome(run) if is_final else Outcome()
    is_mine = run.person_id == who.person_id
    return render_template(
        "cases/result.html",
        run=run,
        times=measure(run.messages),
        how=how,
        notes=notes_by_line(_said(how)),
        is_mine=is_mine,
        appeal=_appeal(run) if run.scored_at else None,
        practice=practice.of_run(db.session(), run_id) if run.scored_at else None,
        may_score=not is_final and _may_score(run),
        may_amend=any(r.rater_id == who.person_id for r in how.decisive),
    )


def _said(how: Outcome) -> list[tuple[str, list[Any]]]:
    """Each rater's comments on lines; one rater alone needs no name beside them."""
    ratings = [*how.decisive, *how.others]
    return [(rating.rater.name if len(ratings) > 1 else "", rating.lines) for rating in ratings]


def _is_blind(run: DrillRun) -> bool:
    """Whether the viewer is a rater with a calibration or a gold run of it before them."""
    who = viewer()
    if not run.scored_at or run.person_id == who.person_id or not who.may("drills.score"):
        return False
    return has_to_score_first(db.session(), run, who.person_id, now())


def _may_score(run: DrillRun) -> bool:
    """Whether the viewer can go on to score it: nobody's own, and nobody twice."""
    who = viewer()
    is_apart = who.person_id not in {run.person_id, *(rating.rater_id for rating in run.ratings)}
    return is_apart and who.covers("drills.score", run.person)


def _appeal(run: DrillRun) -> AppealStanding | None:
    """The appeal against the score; for the learner without one, until when they may appeal."""
    asked = appeals.of_subject(db.session(), KIND, run.id, run.person_id)
    if asked or run.state != RunState.SCORED or run.person_id != viewer().person_id:
        return AppealStanding(asked) if asked else None
    return appeals.standing(
        db.session(), KIND, run.id, run.person_id, final_at=final_at(run), now=now()
    )


@bp.post("/drills/runs/<int:run_id>/acknowledge")
@access.signed_in
def acknowledge(run_id: int) -> ResponseReturnValue:
    scoring.acknowledge(db.session(), run_id, viewer().person_id, now=now())
    db.session.commit()
    flash(_("Thank you: your trainer sees that you have read it."), "success")
    return redirect(url_for("cases.result", run_id=run_id), 303)
