"""Pages: which courses are assigned by rule, one course's rule with who it means, and orders."""

import json

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access, progress
from lms.access import viewer
from lms.audit import Actor
from lms.clock import local_date, now
from lms.courses.audience import assigning, following, overview, versions, words
from lms.courses.audience.forms import AssignForm, RuleForm, SaveForm
from lms.courses.audience.preview import preview
from lms.courses.audience.rule import Audience
from lms.courses.blueprint import bp
from lms.db import db
from lms.errors import DomainError
from lms.jobs import MAX_ATTEMPTS
from lms.people.organisation import zone
from lms.web.errors import show_on


@bp.get("/assign")
@access.requires("programmes.assign")
def assignable() -> ResponseReturnValue:
    return render_template(
        "courses/audience/index.html",
        courses=overview.courses(db.session(), local_date(now(), zone())),
        teams=overview.team_names(db.session()),
        words=words,
    )


@bp.get("/assign/<int:programme_id>")
@access.requires("programmes.assign")
def audience(programme_id: int) -> ResponseReturnValue:
    return _page(programme_id)


def _page(
    programme_id: int,
    shown: Audience | None = None,
    save: SaveForm | None = None,
    order: AssignForm | None = None,
    problem: str = "",
) -> str:
    """`shown`: the rule to look at, else that of the address, else the one in force."""
    session, today = db.session(), local_date(now(), zone())
    course, teams = overview.course(session, programme_id), overview.team_names(session)
    is_asked = shown is None and "look" in request.args
    if is_asked:
        form = RuleForm(teams, formdata=request.args)
        shown = form.read()
    else:
        shown = shown or course.rule
        form = RuleForm(teams, formdata=None, obj=shown)
    text = request.args.get("q", "")[:100]
    return render_template(
        "courses/audience/course.html",
        course=course,
        form=form,
        shown=shown,
        is_saved=course.number > 0 and shown == course.rule,
        found=preview(session, programme_id, shown, today, text=text) if shown else None,
        text=text,
        phrases=words.says(shown, teams) if shown else [],
        save=save or SaveForm(formdata=None, rule=json.dumps(shown.as_json()) if shown else ""),
        order=order or AssignForm(formdata=None, starts_on=today),
        orders=overview.orders(session, programme_id),
        problem=problem,
        today=today,
    )


@bp.post("/assign/<int:programme_id>/rule")
@access.requires("programmes.assign")
def save_rule(programme_id: int) -> ResponseReturnValue:
    form, shown = SaveForm(), None
    try:
        shown = form.audience()
        saved = versions.save(
            db.session(),
            programme_id,
            shown,
            base_number=form.base_number(),
            for_people_to_come=form.for_people_to_come.data,
            actor=_actor(),
            now=now(),
        )
        db.session.commit()
    except DomainError as error:
        show_on(form, error)
        return _page(programme_id, shown, save=form, problem=_over_all(form)), 400
    flash(_("Version %(number)s of the rule holds from now on.", number=saved.number), "success")
    return redirect(url_for("courses.audience", programme_id=programme_id), 303)


@bp.post("/assign/<int:programme_id>")
@access.requires("programmes.assign")
def assign(programme_id: int) -> ResponseReturnValue:
    form = AssignForm()
    if not form.validate_on_submit():
        return _page(programme_id, order=form), 400
    try:
        made = assigning.assign(
            db.session(),
            programme_id,
            base_number=form.base_number(),
            starts_on=form.starts_on.data,
            skip_completed=form.skip_completed.data,
            follow_until=form.follow_until.data,
            reason=(form.reason.data or "").strip(),
            actor=_actor(),
            now=now(),
        )
        db.session.commit()
    except DomainError as error:
        show_on(form, error)
        return _page(programme_id, order=form), 400
    return redirect(url_for("courses.assignment", assignment_id=made.id), 303)


@bp.get("/assignments/<int:assignment_id>")
@access.requires("programmes.assign")
def assignment(assignment_id: int) -> ResponseReturnValue:
    order = assigning.one(db.session(), assignment_id)
    rule = versions.rule_of(order.audience)
    return render_template(
        "courses/audience/assignment.html",
        order=order,
        course=overview.course(db.session(), order.programme_id),
        phrases=words.says(rule, overview.team_names(db.session()) if rule.teams else {}),
        is_followed=order.follow_until is not None
        and order.stopped_at is None
        and order.follow_until >= local_date(now(), zone()),
        is_given_up=order.job.attempts >= MAX_ATTEMPTS,
        progress=None if order.finished_at else progress.read(assigning.watched_as(order.id)),
    )


@bp.post("/assignments/<int:assignment_id>/stop")
@access.requires("programmes.assign")
def stop_following(assignment_id: int) -> ResponseReturnValue:
    following.stop(db.session(), assignment_id, actor=_actor(), now=now())
    db.session.commit()
    flash(_("Nobody is enrolled or taken off by this rule any more."), "success")
    return redirect(url_for("courses.assignment", assignment_id=assignment_id), 303)


@bp.post("/assignments/<int:assignment_id>/again")
@access.requires("programmes.assign")
def assign_again(assignment_id: int) -> ResponseReturnValue:
    assigning.try_again(db.session(), assignment_id, now=now())
    db.session.commit()
    return redirect(url_for("courses.assignment", assignment_id=assignment_id), 303)


def _actor() -> Actor:
    return Actor(viewer().person_id)


def _over_all(form: SaveForm) -> str:
    return str(form.form_errors[0]) if form.form_errors else ""
