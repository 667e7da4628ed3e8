"""Pages of rater science: agreement, severity, calibration rounds, gold runs."""

from datetime import date, datetime, time, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.cases.blueprint import actor, bp
from lms.cases.marks_form import text, typed
from lms.cases.models import DrillRun, RunState
from lms.cases.raters import lists, reading, taking, trials
from lms.cases.raters.blinding import (
    BLIND,
    has_gold_to_score,
    has_to_score_first,
    round_to_score,
)
from lms.cases.raters.models import CalibrationRound, GoldRun, Trial
from lms.cases.raters.severity import drift, overall
from lms.cases.raters.sheets import sheet_page, trial_of
from lms.cases.scoring import Marks
from lms.cases.scoring.drafts import draft_of, store
from lms.cases.scoring.marks import marks_of
from lms.cases.scoring.reading import full_run, notes_by_line, outcome
from lms.cases.timing import measure
from lms.clock import Month, local_date, now
from lms.db import db
from lms.errors import Conflict, DomainError, NotAllowed
from lms.people.organisation import zone
from lms.web.errors import message

SINCE = timedelta(days=365)


@bp.get("/scoring/agreement")
@access.requires("raters.calibrate")
def agreement() -> ResponseReturnValue:
    """How far raters agree, criterion by criterion, in the last twelve months."""
    found = reading.agreement(db.session(), now() - SINCE, now())
    if kind := request.args.get("format"):
        return taking.agreement(found, kind)
    return render_template("cases/raters/agreement.html", found=found, few=reading.FEW)


@bp.get("/scoring/severity")
@access.requires("drills.score")
def severity() -> ResponseReturnValue:
    """Each rater against the others, by month; a rater who does not calibrate sees their own."""
    who = viewer()
    only = None if who.may("raters.calibrate") else who.person_id
    found = reading.severities(db.session(), now() - SINCE, now(), zone(), only)
    if kind := request.args.get("format"):
        return taking.severities(found, kind)
    this = Month.of(local_date(now(), zone()))
    return render_template(
        "cases/raters/severity.html", found=found, few=reading.FEW, overall=overall,
        drift=drift, only=only, months=[this.plus(n) for n in range(-11, 1)],
    )  # fmt: skip


@bp.get("/scoring/calibration")
@access.requires("drills.score")
def calibration() -> ResponseReturnValue:
    who = viewer()
    everybody = who.may("raters.calibrate")
    found = lists.rounds(db.session(), None if everybody else who.person_id)
    return render_template(
        "cases/raters/rounds.html", rounds=found, is_over=trials.is_over, now_at=now(),
        my_id=who.person_id, everybody=everybody,
    )  # fmt: skip


@bp.route("/scoring/calibration/new/<int:run_id>", methods=["GET", "POST"])
@access.requires("raters.calibrate")
def new_round(run_id: int) -> ResponseReturnValue:
    run = _run(run_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = trials.open_round(
                db.session(), run_id, request.form.getlist("rater", type=int),
                note=text("note"), closes_at=_closing(), actor=actor(), now=now(),
            )  # fmt: skip
        except DomainError as error:
            db.session.rollback()
            errors = {error.field or "": message(error)}
        else:
            db.session.commit()
            flash(_("The raters are invited."), "success")
            return redirect(url_for("cases.round", round_id=made.id), 303)
    page = render_template(
        "cases/raters/new_round.html", run=run, raters=lists.raters(db.session(), run.person_id),
        chosen=request.form.getlist("rater", type=int), errors=errors, form=request.form,
    )  # fmt: skip
    return page, 400 if errors else 200


def _closing() -> datetime | None:
    """The end of the day that was chosen."""
    try:
        day = date.fromisoformat(request.form.get("closes_on", ""))
    except ValueError:
        return None
    return datetime.combine(day + timedelta(days=1), time(), zone())


@bp.route("/scoring/calibration/<int:round_id>", methods=["GET", "POST"])
@access.requires("drills.score")
def round(round_id: int) -> ResponseReturnValue:
    """The sheet for whoever is invited; what all gave, when it is over."""
    found, me = trials.one_round(db.session(), round_id), viewer().person_id
    if me not in found.rater_ids and not viewer().may("raters.calibrate"):
        raise NotAllowed("You are not invited to this calibration.")
    over, mine = trials.is_over(found, now()), trial_of(found.trials, me)
    if request.method == "POST":
        return _submit(found.run, f"round.{round_id}", found)
    if me in found.rater_ids and mine is None and not over:
        return _sheet(found.run, f"round.{round_id}", found)
    if (first := round_to_score(db.session(), found.run_id, me, now())) is not None:
        flash(_(BLIND), "warning")  # what was given in an earlier round of the same run
        return redirect(url_for("cases.round", round_id=first.id), 303)
    if mine is None and has_gold_to_score(db.session(), found.run_id, me):
        raise NotAllowed(BLIND)
    return render_template(
        "cases/raters/round.html", round=found, is_over=over, mine=mine,
        times=measure(found.run.messages),
        notes=notes_by_line((t.rater.name, t.lines) for t in found.trials) if over else {},
        spread=lists.spread(found.run.rubric, found.trials) if over else [],
    )  # fmt: skip


@bp.post("/scoring/calibration/<int:round_id>/close")
@access.requires("raters.calibrate")
def close_round(round_id: int) -> ResponseReturnValue:
    trials.close_round(db.session(), round_id, actor=actor(), now=now())
    db.session.commit()
    flash(_("Closed: all who were invited see the results."), "success")
    return redirect(url_for("cases.round", round_id=round_id), 303)


@bp.get("/scoring/gold")
@access.requires("drills.score")
def gold_runs() -> ResponseReturnValue:
    me = viewer().person_id
    return render_template(
        "cases/raters/gold_runs.html", found=lists.golds(db.session(), me), my_id=me
    )


@bp.route("/scoring/gold/new/<int:run_id>", methods=["GET", "POST"])
@access.requires("raters.calibrate")
def new_gold(run_id: int) -> ResponseReturnValue:
    """The marks that raters are to match: begun from those that count."""
    run = _run(run_id)
    if has_to_score_first(db.session(), run, viewer().person_id, now()):
        raise NotAllowed(BLIND)
    if request.method == "GET":
        decisive = outcome(run).decisive
        return sheet_page(run, marks_of(decisive[0]) if decisive else Marks({}), kind="new_gold")
    marks = typed(run.rubric)
    try:
        made = trials.make_gold(db.session(), run_id, marks, actor=actor(), now=now())
    except DomainError as error:
        return _again(run.id, marks, error, kind="new_gold")
    db.session.commit()
    flash(_("From now on raters have this gold run to match."), "success")
    return redirect(url_for("cases.gold", gold_id=made.id), 303)


@bp.route("/scoring/gold/<int:gold_id>", methods=["GET", "POST"])
@access.requires("drills.score")
def gold(gold_id: int) -> ResponseReturnValue:
    """The sheet, once; then one's own marks beside those agreed upon."""
    found, who = trials.one_gold(db.session(), gold_id), viewer()
    mine = lists.gold_trial(db.session(), gold_id, who.person_id)
    if request.method == "POST":
        return _submit(found.run, f"gold.{gold_id}", found)
    may_see = mine is not None or who.person_id == found.made_by or found.retired_at is not None
    if not may_see:
        return _sheet(found.run, f"gold.{gold_id}", found)
    is_maker = who.person_id == found.made_by  # who knows the marks
    if not is_maker and round_to_score(db.session(), found.run_id, who.person_id, now()):
        raise NotAllowed(BLIND)
    return render_template("cases/raters/gold.html", gold=found, mine=mine)


@bp.post("/scoring/gold/<int:gold_id>/retire")
@access.requires("raters.calibrate")
def retire_gold(gold_id: int) -> ResponseReturnValue:
    trials.retire_gold(db.session(), gold_id, actor=actor(), now=now())
    db.session.commit()
    flash(_("Retired: nobody needs to match it any more."), "success")
    return redirect(url_for("cases.gold_runs"), 303)


def _run(run_id: int) -> DrillRun:
    """One whose scoring is final."""
    run = full_run(db.session(), run_id)
    access.require("drills.score", run.person)
    if run.state != RunState.SCORED:
        abort(404)
    return run


def _sheet(run: DrillRun, subject: str, of: CalibrationRound | GoldRun) -> ResponseReturnValue:
    kept = draft_of(db.session(), subject, viewer().person_id)
    kind = "round" if isinstance(of, CalibrationRound) else "gold"
    saved_at = kept.saved_at if kept else None
    return sheet_page(run, kept.marks if kept else Marks({}), kind=kind, of=of, saved_at=saved_at)


def _submit(run: DrillRun, subject: str, of: CalibrationRound | GoldRun) -> ResponseReturnValue:
    marks, session = typed(run.rubric), db.session()
    kind = "round" if isinstance(of, CalibrationRound) else "gold"
    if "draft" in request.args:
        store(session, subject, marks, viewer().person_id, now())
        session.commit()
        if request.headers.get("Accept", "").startswith("application/json"):
            return {"said": _("Draft saved at %(time)s", time=format_time(now(), "HH:mm"))}
        flash(_("Draft saved: go on whenever you like."), "success")
        return redirect(request.path, 303)
    try:
        score = trials.score_round if kind == "round" else trials.score_gold
        made: Trial = score(session, of.id, marks, actor=actor(), now=now())
    except DomainError as error:
        if error.field is None:
            raise
        return _again(run.id, marks, error, kind=kind, of_id=of.id)
    session.commit()
    flash(_said(made), "success" if made.matched is not False else "warning")
    return redirect(request.path, 303)


def _said(made: Trial) -> str:
    if made.gold_id is None:
        return str(_("Submitted. You see the results when everybody has scored."))
    return str(_("Matched.") if made.matched else _("Not matched: compare below."))


def _again(
    run_id: int, marks: Marks, error: DomainError, *, kind: str, of_id: int = 0
) -> ResponseReturnValue:
    db.session.rollback()
    errors = {error.field or "": message(error)}
    session = db.session()
    of: CalibrationRound | GoldRun | None = None
    if kind == "round":
        of = trials.one_round(session, of_id)
    elif kind == "gold":
        of = trials.one_gold(session, of_id)
    run = of.run if of else _run(run_id)
    page = sheet_page(run, marks, kind=kind, of=of, errors=errors)
    return page, 409 if isinstance(error, Conflict) else 400
