"""Making something from a case, and looking after what a major new version put out of date."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.cases.blueprint import actor, bp
from lms.cases.models import CaseVersion
from lms.cases.uses import lessons, reading, recording, rubric_form, rubrics
from lms.cases.uses.models import CaseUse
from lms.clock import now
from lms.courses.authoring import drafts, listing
from lms.db import db
from lms.errors import DomainError
from lms.web.errors import message


@bp.get("/cases/outdated")
@access.requires("cases.author")
def outdated() -> ResponseReturnValue:
    return render_template("cases/uses/outdated.html", found=reading.outdated(db.session()))


@bp.get("/cases/uses/<int:use_id>")
@access.requires("cases.author")
def open_use(use_id: int) -> ResponseReturnValue:
    """To where it stands."""
    use = db.session.get(CaseUse, use_id) or abort(404)
    if use.url:
        return redirect(use.url)
    if use.kind == rubrics.KIND:
        return redirect(url_for("cases.make_rubric", version_id=use.version_id))
    found = lessons.where(db.session(), use)
    if found is None:
        flash(_("This lesson is not in its programme any more."), "info")
        version = db.session.get_one(CaseVersion, use.version_id)
        return redirect(url_for("cases.case", case_id=version.case_id, _anchor="made"))
    place, there = found
    if place == "draft":
        key = use.ref.partition("/")[2]
        return redirect(url_for("courses.draft_step", draft_id=there, key=key))
    return redirect(url_for("courses.authored", programme_id=there))


@bp.post("/cases/uses/<kind>/<int:use_id>/right")
@access.requires("cases.author")
def still_right(kind: str, use_id: int) -> ResponseReturnValue:
    seen_id = request.form.get("seen", 0, type=int)
    case_id = recording.still_right(db.session(), kind, use_id, seen_id, actor=actor(), now=now())
    db.session.commit()
    flash(_("Noted: it holds for the version you looked at too."), "success")
    if request.form.get("back") == "list":
        return redirect(url_for("cases.outdated"), 303)
    if kind == "drill":
        return redirect(url_for("cases.drill", drill_id=use_id), 303)
    return redirect(url_for("cases.case", case_id=case_id, _anchor="made"), 303)


@bp.post("/cases/uses/<int:use_id>/drop")
@access.requires("cases.author")
def drop_use(use_id: int) -> ResponseReturnValue:
    case_id = recording.drop(db.session(), use_id, actor=actor(), now=now())
    db.session.commit()
    if case_id is None or request.form.get("back") == "list":
        return redirect(url_for("cases.outdated"), 303)
    return redirect(url_for("cases.case", case_id=case_id, _anchor="made"), 303)


@bp.route("/cases/versions/<int:version_id>/lesson", methods=["GET", "POST"])
@access.requires("programmes.author")
def make_lesson(version_id: int) -> ResponseReturnValue:
    """Into the programme `programme` (its key), or one that is chosen on the page."""
    version = recording.published(db.session(), version_id)
    key = request.values.get("programme", "")[:64]
    if request.method == "GET":
        return _lesson_page(version, key, drafts.new_key())
    try:
        place = lessons.place_of(db.session(), key) if key else _chosen()
        use = lessons.add(
            db.session(), version_id, place, replace="replace" in request.form, actor=actor(),
            now=now(),
        )  # fmt: skip
    except DomainError as error:
        if error.field is None:
            raise
        db.session.rollback()
        return _lesson_page(version, key, request.form.get("new_key", ""), error), 400
    db.session.commit()
    flash(_("The lesson is in the draft: read it, complete it, publish the programme."), "success")
    return redirect(url_for("cases.open_use", use_id=use.id), 303)


def _chosen() -> lessons.Place:
    kind, _sep, which = request.form.get("place", "").partition("-")
    if kind == "new":
        return lessons.Place(new_key=request.form.get("new_key", "")[:64])
    if not which.isdecimal() or len(which) > 9 or kind not in {"programme", "draft"}:
        raise DomainError("Choose a programme.", field="place")
    number = int(which)
    return lessons.Place(number) if kind == "programme" else lessons.Place(draft_id=number)


def _lesson_page(
    version: CaseVersion, key: str, new_key: str, error: DomainError | None = None
) -> str:
    return render_template(
        "cases/uses/lesson.html",
        version=version,
        step=lessons.step_of(version),
        programme=key,
        lines=[] if key else listing.lines(db.session()),
        new_key=new_key,
        error=message(error) if error else "",
        asks=error is not None and error.field == "replace",
        chosen=request.form.get("place", ""),
    )


@bp.route("/cases/versions/<int:version_id>/rubric", methods=["GET", "POST"])
@access.requires("cases.author")
def make_rubric(version_id: int) -> ResponseReturnValue:
    version = recording.published(db.session(), version_id)
    begun_with = rubrics.start_from(db.session(), version)
    if request.method == "GET":
        return _rubric_page(version, begun_with)
    typed = rubric_form.read(request.form, begun_with)
    try:
        rubrics.make(db.session(), version_id, typed, actor=actor(), now=now())
    except DomainError as error:
        if error.field is None:
            raise
        db.session.rollback()
        return _rubric_page(version, typed, error), 400
    db.session.commit()
    flash(_("The rubric is kept: choose it in a drill."), "success")
    return redirect(url_for("cases.case", case_id=version.case_id, _anchor="made"), 303)


def _rubric_page(
    version: CaseVersion, rubric: dict[str, object], error: DomainError | None = None
) -> str:
    return render_template(
        "cases/uses/rubric.html",
        version=version,
        rubric=rubric,
        shown=rubric_form.shown,
        problem=message(error) if error else "",
        at=error.field if error else None,
    )
