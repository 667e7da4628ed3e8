"""Uploading files, looking at what they hold, and taking them in."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import defer

from lms import access, progress
from lms.access import viewer
from lms.clock import now
from lms.db import db
from lms.errors import Conflict, DomainError
from lms.people.models import Person
from lms.results import import_jobs, import_page, importing
from lms.results.blueprint import actor, bp, said
from lms.results.forms import ConfirmForm, UploadForm
from lms.results.models import ImportRun, ImportState
from lms.web.errors import message, show_on
from lms.web.lists import PER_PAGE, download, here, page_url

REFUSED_SHOWN = 100


@bp.route("/results/imports", methods=["GET", "POST"])
@access.requires("results.import")
def imports() -> ResponseReturnValue:
    form = UploadForm(kind=request.args.get("kind", "kpi"))
    if form.validate_on_submit():
        try:
            run = _uploaded(form)
        except DomainError as error:
            error.field = "file"
            show_on(form, error)
        else:
            db.session.commit()
            return redirect(url_for(".import_run", import_id=run.id), 303)
    found = (
        select(ImportRun, Person.name)
        .outerjoin(Person, Person.id == ImportRun.created_by)
        .options(*(defer(c) for c in (ImportRun.refused, ImportRun.warnings)))
        .order_by(ImportRun.id.desc())
    )
    page = import_page.paginate(db.session(), found, request.args.get("page", 1, int), PER_PAGE)
    status = 400 if form.errors else 200
    return render_template(
        "results/imports.html", form=form, page=page, here=here, page_url=page_url
    ), status


def _uploaded(form: UploadForm) -> ImportRun:
    """The preview of the file; of the same file sent twice (a double click) there is one."""
    return import_jobs.receive(
        db.session(),
        form.kind.data,
        form.file.data.read(),
        form.file.data.filename or "file",
        actor=actor(),
        now=now(),
    )


def _run(import_id: int) -> ImportRun:
    run = db.session.get(ImportRun, import_id)
    if run is None:
        abort(404)
    return run


@bp.get("/results/imports/<int:import_id>")
@access.requires("results.import")
def import_run(import_id: int) -> ResponseReturnValue:
    run = _run(import_id)
    if run.state in import_jobs.WORKING:
        return render_template(
            "results/import_work.html",
            run=run,
            progress=progress.read(import_jobs.watched_as(run.id)),
            is_given_up=import_jobs.is_given_up(run),
        )
    return _show(run, ConfirmForm())


def _show(run: ImportRun, form: ConfirmForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "results/import.html",
        run=run,
        form=form,
        said=said,
        shown=REFUSED_SHOWN,
        columns=import_page.columns(db.session(), run),
        before=importing.seen_before(db.session(), run)
        if run.state == ImportState.PREVIEW
        else None,
        history_refused=_lacks_history_right(run),
    ), status


def _lacks_history_right(run: ImportRun) -> bool:
    """Clearance from before the system is history that not everybody who imports may write."""
    has_history = "cleared_on" in run.summary.get("columns", {}).values()
    return run.kind == importing.ROSTER and has_history and not viewer().may("clearance.override")


@bp.post("/results/imports/<int:import_id>/confirm")
@access.requires("results.import")
def confirm_import(import_id: int) -> ResponseReturnValue:
    run, form = _run(import_id), ConfirmForm()
    if _lacks_history_right(run):
        abort(403)
    if run.state in import_jobs.WORKING:  # pressed twice
        return redirect(url_for(".import_run", import_id=import_id), 303)
    if not form.validate_on_submit():
        return _show(run, form, 400)
    try:
        counts = import_jobs.confirm(
            db.session(), run, accept_valid=form.accept_valid.data, actor=actor(), now=now()
        )
    except Conflict as error:
        db.session.rollback()
        flash(message(error), "warning")
        return redirect(url_for(".import_run", import_id=import_id), 303)
    except DomainError as error:
        show_on(form, error)
        return _show(_run(import_id), form, 400)
    db.session.commit()
    if counts is not None:
        flash(import_page.done(counts), "success")
    return redirect(url_for(".import_run", import_id=import_id), 303)


@bp.post("/results/imports/<int:import_id>/again")
@access.requires("results.import")
def read_again(import_id: int) -> ResponseReturnValue:
    """Read the file again with what HR ticked and chose for its columns."""
    run = _run(import_id)
    chosen = import_page.said(run, request.form)
    try:
        import_jobs.read_again(db.session(), run, said=chosen, actor=actor(), now=now())
    except DomainError as error:
        db.session.rollback()
        flash(message(error), "error")
    else:
        db.session.commit()
        if run.state not in import_jobs.WORKING:
            flash(_("The file was read again."), "success")
    return redirect(url_for(".import_run", import_id=import_id), 303)


@bp.post("/results/imports/<int:import_id>/retry")
@access.requires("results.import")
def retry_import(import_id: int) -> ResponseReturnValue:
    """Once more, after the job that should read it or take its rows was given up."""
    run = _run(import_id)
    if _lacks_history_right(run):
        abort(403)
    import_jobs.try_again(db.session(), run, actor=actor(), now=now())
    db.session.commit()
    return redirect(url_for(".import_run", import_id=import_id), 303)


@bp.post("/results/imports/<int:import_id>/discard")
@access.requires("results.import")
def discard_import(import_id: int) -> ResponseReturnValue:
    try:
        importing.discard(db.session(), _run(import_id), actor=actor(), now=now())
    except DomainError as error:
        db.session.rollback()
        flash(message(error), "warning")
    else:
        db.session.commit()
        flash(_("The file was discarded; nothing of it was stored."), "success")
    return redirect(url_for(".imports"), 303)


@bp.get("/results/imports/<int:import_id>/refused")
@access.requires("results.import")
def refused_rows(import_id: int) -> ResponseReturnValue:
    run = _run(import_id)
    rows = [
        [entry["row"], " ".join(said(r) for r in entry["reasons"]), *entry["cells"]]
        for entry in run.refused
    ]
    header = [_("row"), _("why refused"), *run.summary.get("header", [])]
    kind = request.args.get("format", "csv")
    return download(f"{run.filename.rpartition('.')[0]}-refused", header, rows, kind)


@bp.get("/results/imports/templates/<kind>")
@access.requires("results.import")
def import_template(kind: str) -> ResponseReturnValue:
    from lms.results.file_templates import template

    return template(db.session(), kind)
