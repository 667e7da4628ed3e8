"""Writing and reviewing cases: for those who hold `cases.author`."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.cases import authoring, comments, content, deidentifying
from lms.cases.blueprint import actor, bp
from lms.cases.duplicates.views import like_typed
from lms.cases.forms import (
    CaseForm,
    case_values,
    change_lines,
    text_to_confirm,
    texts_to_replace,
)
from lms.cases.library_views import case_page, readable_versions
from lms.cases.models import CaseState, CaseVersion
from lms.clock import now
from lms.db import db
from lms.errors import Conflict, DomainError, NotFound
from lms.web.errors import message, show_on


@bp.get("/cases/desk")
@access.requires("cases.author")
def desk() -> ResponseReturnValue:
    versions = authoring.open_versions(db.session())
    me = viewer().person_id
    return render_template(
        "cases/desk.html",
        to_review=[v for v in versions if authoring.may_review(v, me)],
        mine=[v for v in versions if me in v.editor_ids],
        others=[v for v in versions if v.state == CaseState.DRAFT and me not in v.editor_ids],
    )


@bp.route("/cases/new", methods=["GET", "POST"])
@access.requires("cases.author")
def new_case() -> ResponseReturnValue:
    return _edit(None)


@bp.route("/cases/draft/<int:version_id>/edit", methods=["GET", "POST"])
@access.requires("cases.author")
def edit(version_id: int) -> ResponseReturnValue:
    version = draft_of(version_id)
    if version.state != CaseState.DRAFT and request.method == "GET":
        return redirect(url_for("cases.draft", version_id=version_id))
    return _edit(version)


def _edit(version: CaseVersion | None) -> ResponseReturnValue:
    if request.method == "GET":
        values = case_values(content.of(version) if version else None)
        count = str(version.edit_count) if version else "0"
        return _editor(CaseForm(formdata=None, data={**values, "edit_count": count}), version)
    form, do = CaseForm(), request.form.get("do", "save")
    values = {k: v for k, v in form.data.items() if k != "csrf_token"}
    try:
        is_changed = change_lines(values, do)
    except DomainError as error:
        form = CaseForm(formdata=None, data=values)
        show_on(form, error)
        return _editor(form, version)
    if is_changed:
        return _editor(CaseForm(formdata=None, data=values), version, status=200)
    if not form.validate():
        return _editor(form, version, status=400)
    if only := texts_to_replace(do):
        texts = only.texts or deidentifying.still_open(_asked(form, version))
        values |= case_values(deidentifying.replaced(form.content(), texts))
        return _editor(CaseForm(formdata=None, data=values), version, status=200)
    try:
        saved = _save(form, version)
        db.session.flush()
        if do == "review":
            authoring.submit(db.session(), saved.id, actor=actor(), now=now())
        if text := text_to_confirm(do):
            deidentifying.confirm(db.session(), saved, text, actor=actor(), now=now())
    except Conflict as error:
        show_on(form, error)
        if version is not None:
            # Whoever has read the notice may save again, over the text they were shown.
            form.edit_count.data = form.edit_count.raw_data = str(version.edit_count)
        return _editor(form, version, status=409, is_conflict=True)
    except DomainError as error:
        lacking = list(content.missing(form.content())) if do == "review" else []
        for refused in lacking or [error]:
            show_on(form, refused)
        return _editor(form, version, status=400)
    db.session.commit()
    if do == "review":
        flash(_("Sent for review: a colleague reads it before it is published."), "success")
        return redirect(url_for("cases.draft", version_id=saved.id), 303)
    flash(_("Draft saved."), "success")
    return redirect(url_for("cases.edit", version_id=saved.id), 303)


def _save(form: CaseForm, version: CaseVersion | None) -> CaseVersion:
    if version is None:
        return authoring.create_case(db.session(), form.content(), actor=actor(), now=now())
    count = int(form.edit_count.data) if str(form.edit_count.data).isdecimal() else -1
    return authoring.save_draft(
        db.session(), version.id, form.content(), edit_count=count, actor=actor()
    )


def _editor(
    form: CaseForm, version: CaseVersion | None, status: int = 200, is_conflict: bool = False
) -> ResponseReturnValue:
    page = render_template(
        "cases/editor.html",
        form=form,
        version=version,
        is_conflict=is_conflict,
        asked=_asked(form, version),
        alike=like_typed(form, version),
        threads=comments.threads(db.session(), version, form.rows()) if version else {},
    )
    return page, status


def _asked(form: CaseForm, version: CaseVersion | None) -> list[deidentifying.Asked]:
    """What in the text as typed could tell who somebody is; nothing while it cannot be read."""
    if not str(form.complaint_level.data).isdecimal():
        return []
    if version is None:
        return deidentifying.asked(form.content())
    return deidentifying.about(db.session(), version, form.content())


@bp.get("/cases/draft/<int:version_id>")
@access.requires("cases.author")
def draft(version_id: int) -> ResponseReturnValue:
    version = draft_of(version_id)
    return case_page(version, readable_versions(version.case_id))


@bp.post("/cases/draft/<int:version_id>/identities")
@access.requires("cases.author")
def identities(version_id: int) -> ResponseReturnValue:
    """Replace what could tell who a customer is, or confirm that it tells of nobody."""
    do, count = request.form.get("do", ""), request.form.get("edit_count", -1, type=int)
    session, who = db.session(), actor()
    try:
        if only := texts_to_replace(do):
            authoring.replace_found(session, version_id, only.texts, edit_count=count, actor=who)
            flash(_("Replaced in the draft."), "success")
        elif text := text_to_confirm(do):
            version = authoring.version_of(session, version_id)
            deidentifying.confirm(session, version, text, actor=who, now=now())
        session.commit()
    except Conflict as error:
        session.rollback()
        flash(message(error), "error")
    target = url_for("cases.draft", version_id=version_id, _anchor="identities")
    return redirect(target, 303)


@bp.post("/cases/<int:case_id>/draft")
@access.requires("cases.author")
def begin_draft(case_id: int) -> ResponseReturnValue:
    version = authoring.new_draft(db.session(), case_id, actor=actor(), now=now())
    db.session.commit()
    return redirect(url_for("cases.edit", version_id=version.id), 303)


@bp.post("/cases/draft/<int:version_id>/review")
@access.requires("cases.author")
def review(version_id: int) -> ResponseReturnValue:
    """What can be done to a version besides writing in it."""
    do = request.form.get("do", "")
    count = request.form.get("edit_count", -1, type=int)
    note = request.form.get("note", "").replace("\0", "")[:2000]
    session, who, at = db.session(), actor(), now()
    target = url_for("cases.draft", version_id=version_id)
    try:
        if do == "submit":
            authoring.submit(session, version_id, actor=who, now=at)
            flash(_("Sent for review: a colleague reads it before it is published."), "success")
        elif do == "take_back":
            authoring.take_back(session, version_id, actor=who, now=at)
            target = url_for("cases.edit", version_id=version_id)
        elif do == "publish":
            done = authoring.publish(
                session, version_id, edit_count=count, actor=who, now=at,
                is_major=request.form.get("is_major") == "1",
                change_note=request.form.get("change", "").replace("\0", ""),
            )  # fmt: skip
            target = url_for("cases.case", case_id=done.case_id)
            flash(_("Published: everybody can find it now."), "success")
        elif do == "changes":
            authoring.request_changes(
                session, version_id, note, edit_count=count, actor=who, now=at
            )
            flash(_("The author has been told."), "success")
        session.commit()
    except (Conflict, DomainError) as error:
        if not isinstance(error, Conflict) and error.field is None:
            raise
        session.rollback()
        flash(message(error), "error")
        if do in ("publish", "changes"):  # with what the reviewer typed
            version = draft_of(version_id)
            if version.state == CaseState.IN_REVIEW:
                return case_page(version, readable_versions(version.case_id), request.form), 400
        if do == "submit":
            target = url_for("cases.edit", version_id=version_id)
    return redirect(target, 303)


def draft_of(version_id: int) -> CaseVersion:
    found = db.session.get(CaseVersion, version_id)
    if found is None:
        raise NotFound("There is no such case.")
    return found
