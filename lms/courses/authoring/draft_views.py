"""Pages: a draft at a glance, and the form of each of its parts."""

from collections.abc import Sequence
from functools import partial

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.clock import now
from lms.courses.audience.words import KINDS
from lms.courses.authoring import attaching, drafts, fields, order, parts
from lms.courses.authoring.checking import Problem, examine
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.authoring.own_fields import IN_ORDER
from lms.courses.authoring.part_forms import PartForm, form_of
from lms.courses.authoring.parts import HEAD, Part
from lms.courses.authoring.views import actor
from lms.courses.blueprint import bp
from lms.courses.lessons.showing import shown
from lms.db import db
from lms.errors import Conflict, DomainError, NotFound
from lms.plugins.registry import step_types
from lms.uploads.serving import send
from lms.web.errors import message

# What would make no sense of the whole is refused at once, not only before publishing.
_REFUSED_AT_ONCE = {"after", "needs"}


@bp.get("/programmes/drafts/<int:draft_id>")
@access.requires("programmes.author")
def draft(draft_id: int) -> ResponseReturnValue:
    found = drafts.one(db.session(), draft_id)
    return render_template(
        "courses/authoring/draft.html",
        draft=found,
        document=found.document,
        examined=examine(found.document, found.files),
        head=HEAD,
        Part=Part,
        step_kinds=step_types(),
        kinds=KINDS,
        message=message,
    )


@bp.route("/programmes/drafts/<int:draft_id>/settings", methods=["GET", "POST"])
@access.requires("programmes.author")
def draft_settings(draft_id: int) -> ResponseReturnValue:
    return _edit(draft_id, HEAD)


@bp.route("/programmes/drafts/<int:draft_id>/parts/<key>", methods=["GET", "POST"])
@access.requires("programmes.author")
def draft_module(draft_id: int, key: str) -> ResponseReturnValue:
    return _edit(draft_id, Part("module", key))


@bp.route("/programmes/drafts/<int:draft_id>/steps/<key>", methods=["GET", "POST"])
@access.requires("programmes.author")
def draft_step(draft_id: int, key: str) -> ResponseReturnValue:
    return _edit(draft_id, Part("step", key))


@bp.route("/programmes/drafts/<int:draft_id>/add", methods=["GET", "POST"])
@access.requires("programmes.author")
def add_module(draft_id: int) -> ResponseReturnValue:
    return _add(draft_id, "module")


@bp.route("/programmes/drafts/<int:draft_id>/parts/<key>/add/<kind>", methods=["GET", "POST"])
@access.requires("programmes.author")
def add_step(draft_id: int, key: str, kind: str) -> ResponseReturnValue:
    if kind not in {known.kind for known in step_types()}:
        raise NotFound("There is no such kind of step.")
    return _add(draft_id, "step", into=key, kind=kind)


def _add(draft_id: int, what: str, into: str = "", kind: str = "") -> ResponseReturnValue:
    found = drafts.one(db.session(), draft_id)
    if into:
        parts.module_of(found.document, into)
    key = request.form.get("key", "")[:64] or parts.free_key(found.document, kind or what)
    form = form_of(db.session(), found, Part(what, key), is_new=True, kind=kind)
    if request.method == "GET":
        return _page(found, form)
    return _post(found, form, into)


def _edit(draft_id: int, part: Part) -> ResponseReturnValue:
    found = drafts.one(db.session(), draft_id)
    form = form_of(db.session(), found, part)
    if request.method == "GET":
        return _page(found, form, examine(found.document, found.files).of(part))
    return _post(found, form)


def _post(found: ProgrammeDraft, form: PartForm, into: str = "") -> ResponseReturnValue:
    do = request.form.get("do", "save")
    form = form.filled(request.form, keep_blanks=do != "save")
    try:
        form = form.with_yaml()
        attached = _attach(found.id)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        found = drafts.one(db.session(), found.id)
        return _page(found, form, [Problem(form.part, error.field or "", error)]), 400
    form.show_files(attached)
    found = drafts.one(db.session(), found.id)
    if form.change_rows(do) or do == "upload":
        return _page(found, form)
    return _save(found, form, into)


def _attach(draft_id: int) -> list[str]:
    return [
        attaching.attach(
            db.session(), draft_id, file.stream, file.filename, actor=actor(), now=now()
        )
        for file in request.files.getlist("file")
        if file.filename
    ]


def _save(found: ProgrammeDraft, form: PartForm, into: str) -> ResponseReturnValue:
    session, part, who, at = db.session(), form.part, actor(), now()
    try:
        if form.is_new:
            saved = order.add(session, found.id, part, form.raw, into=into, actor=who, now=at)
        else:
            saved = drafts.save(session, found.id, part, form.raw, was=form.was, actor=who, now=at)
    except Conflict as error:
        session.rollback()
        found = drafts.one(session, found.id)
        return _page(found, form.against(found), [Problem(part, "", error)]), 409
    left = examine(saved.document, saved.files).of(part)
    refused = [problem for problem in left if problem.field in _REFUSED_AT_ONCE]
    if refused:
        session.rollback()
        return _page(drafts.one(session, found.id), form, refused), 400
    session.commit()
    return redirect(_after(saved, part, left), 303)


def _after(saved: ProgrammeDraft, part: Part, left: Sequence[Problem]) -> str:
    """Back to the draft; to the form while something in it is still missing."""
    if request.form.get("then") == "preview" and part.kind == "step":
        place = [step["key"] for _, step in parts.steps(saved.document)].index(part.key) + 1
        return url_for("courses.preview_draft_step", draft_id=saved.id, place=place)
    if not left:
        flash(_("Saved in the draft."), "success")
        return url_for("courses.draft", draft_id=saved.id) + f"#{part.key or 'top'}"
    flash(_("Saved in the draft. Before it can be published, look at the marked fields."), "info")
    return form_url(saved.id, part)


def form_url(draft_id: int, part: Part) -> str:
    if part.kind == "head":
        return url_for("courses.draft_settings", draft_id=draft_id)
    endpoint = "courses.draft_module" if part.kind == "module" else "courses.draft_step"
    return url_for(endpoint, draft_id=draft_id, key=part.key)


def _page(found: ProgrammeDraft, form: PartForm, problems: Sequence[Problem] = ()) -> str:
    said: dict[str, list[str]] = {}
    for problem in problems:
        said.setdefault(form.place_of(problem.field), []).append(message(problem.why))
    return render_template(
        "courses/authoring/part.html",
        draft=found,
        form=form,
        problems=said,
        files=found.files,
        row_look=lambda row: partial(fields.get, row),
        is_set=lambda value: value not in (None, "", IN_ORDER),
    )


@bp.get("/programmes/drafts/<int:draft_id>/files/<name>")
@access.requires("programmes.author")
def draft_file(draft_id: int, name: str) -> Response:
    found = drafts.one(db.session(), draft_id).files.get(name)
    if found is None:
        abort(404)
    return send(found["sha256"], found["kind"], name)


@bp.post("/programmes/drafts/<int:draft_id>/show")
@access.requires("programmes.author")
def show_markdown(draft_id: int) -> ResponseReturnValue:
    """A text as it is typed, as a learner would see it; `of` is the field's name."""
    from lms.courses.markdown import to_html  # a parser that other pages do not need

    found = drafts.one(db.session(), draft_id)

    def address(name: str) -> str:
        return url_for("courses.draft_file", draft_id=draft_id, name=name)

    page = "_shown" if "HX-Request" in request.headers else "shown"
    text = fields.clean(request.form.get(request.args.get("of", ""), ""))
    return render_template(
        f"courses/authoring/{page}.html",
        draft=found,
        html=to_html(text, shown(found.files, address)) if text else "",
    )


@bp.post("/programmes/drafts/<int:draft_id>/order")
@access.requires("programmes.author")
def rearrange_draft(draft_id: int) -> ResponseReturnValue:
    do, _sep, kind = request.form.get("do", "").partition(":")
    part = Part(kind, request.form.get("key", ""))
    if do not in {"up", "down", "remove"} or kind not in {"module", "step"}:
        raise NotFound("The request was not understood. Go back and try again.")
    try:
        order.rearrange(
            db.session(), draft_id, do, part,
            edit_count=request.form.get("edit_count", -1, type=int), actor=actor(), now=now(),
        )  # fmt: skip
        db.session.commit()
    except NotFound:
        raise
    except DomainError as error:
        db.session.rollback()
        flash(message(error), "error")
    return redirect(url_for("courses.draft", draft_id=draft_id) + f"#{part.key}", 303)
