"""Drills: the list, one drill, making one from a case."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.cases import drills as service
from lms.cases import runs
from lms.cases.blueprint import STAGES, actor, bp
from lms.cases.drill_form import DrillForm, change_nodes, drill_values
from lms.cases.forms import choices
from lms.cases.models import CaseVersion, Drill
from lms.cases.uses import reading, recording
from lms.clock import now
from lms.db import db
from lms.errors import Conflict, DomainError, NotFound
from lms.i18n import locale
from lms.web.errors import show_on
from lms.web.lists import Page, here, page_url


@bp.get("/drills")
@access.signed_in
def drills() -> ResponseReturnValue:
    stage = request.args.get("stage", "") if request.args.get("stage") in STAGES else ""
    number = max(1, request.args.get("page", 1, type=int))
    shown, total = service.page_of(db.session(), stage, min(number, 10_000))
    mine = runs.latest_of_person(db.session(), viewer().person_id, [drill.id for drill in shown])
    page = Page(shown, number, max(1, -(-total // service.PAGE_SIZE)), total)
    return render_template(
        "cases/drills.html", page=page, mine=mine, stage=stage, here=here, page_url=page_url
    )


@bp.get("/drills/<int:drill_id>")
@access.signed_in
def drill(drill_id: int) -> ResponseReturnValue:
    found = service.one(db.session(), drill_id)
    mine = runs.of_person(db.session(), viewer().person_id, drill_id)
    changes: list[CaseVersion] = []
    if viewer().may("cases.author"):
        changes = reading.changes_since(db.session(), found.case_version)
    return render_template("cases/drill.html", drill=found, mine=mine, changes=changes)


@bp.post("/drills/<int:drill_id>/start")
@access.signed_in
def start(drill_id: int) -> ResponseReturnValue:
    run = runs.start(db.session(), drill_id, viewer().person_id, locale=locale(), now=now())
    db.session.commit()
    return redirect(url_for("cases.room", run_id=run.id), 303)


@bp.route("/cases/versions/<int:version_id>/drill", methods=["GET", "POST"])
@access.requires("cases.author")
def make_drill(version_id: int) -> ResponseReturnValue:
    version = db.session.get(CaseVersion, version_id)
    if version is None:
        raise NotFound("There is no such case.")
    return _edit(version, None)


@bp.route("/drills/<int:drill_id>/edit", methods=["GET", "POST"])
@access.requires("cases.author")
def edit_drill(drill_id: int) -> ResponseReturnValue:
    """With `renew`, made anew from the case's present version."""
    found = service.one(db.session(), drill_id)
    renewed = None
    if "renew" in request.args:
        renewed = recording.present_version(db.session(), found.case_version_id)
    return _edit(renewed or found.case_version, found, is_renewed=renewed is not None)


def _edit(
    version: CaseVersion, drill: Drill | None, *, is_renewed: bool = False
) -> ResponseReturnValue:
    known = service.rubrics(db.session())
    titles = {r.id: r.title.pick(locale()) for r in known}
    if drill and drill.rubric_id not in titles:  # it has a newer number meanwhile
        titles[drill.rubric_id] = f"{drill.rubric.title.pick(locale())} ({drill.rubric.number})"
    if drill is None:
        start_from = service.suggestion(version, known)
    else:
        start_from = service.renewed(drill, version, known) if is_renewed else service.of(drill)
    # The version that was shown when the form was opened, not the one there is when it is sent.
    seen_id = request.form.get("seen", version.id, type=int)
    form = DrillForm(data=drill_values(start_from) if request.method == "GET" else None)
    if request.method == "POST":
        values = {k: v for k, v in form.data.items() if k != "csrf_token"}
        try:
            is_changed, full = change_nodes(values, request.form.get("do", "")), None
        except DomainError as error:
            is_changed, full = True, error
        if is_changed:
            form = DrillForm(formdata=None, data=values)
            form.rubric_id.choices = choices(titles)
            if full:
                show_on(form, full)
            return render_template(
                "cases/drill_form.html",
                form=form,
                version=version,
                drill=drill,
                is_renewed=is_renewed,
                seen_id=seen_id,
            )
    form.rubric_id.choices = choices(titles)
    if form.validate_on_submit():
        session, who, at = db.session(), actor(), now()
        try:
            if drill:
                if is_renewed:
                    recording.still_right(session, "drill", drill.id, seen_id, actor=who, now=at)
                saved = service.change(session, drill.id, form.content(), actor=who, now=at)
            else:
                saved = service.make(session, version.id, form.content(), actor=who, now=at)
        except DomainError as error:
            show_on(form, error)
            # What was refused says so: the page shows the present version now.
            seen_id = version.id if isinstance(error, Conflict) else seen_id
        else:
            session.commit()
            flash(_("The drill is ready for practice."), "success")
            return redirect(url_for("cases.drill", drill_id=saved.id), 303)
    page = render_template(
        "cases/drill_form.html", form=form, version=version, drill=drill, is_renewed=is_renewed,
        seen_id=seen_id,
    )  # fmt: skip
    return page, 400 if form.errors else 200
