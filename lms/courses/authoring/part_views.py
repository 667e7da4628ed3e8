"""Pages: the form of each part of a draft."""

from collections.abc import Sequence
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time
from flask_babel import gettext as _

from lms import access
from lms.cases.uses import origin
from lms.clock import now
from lms.courses.authoring import attaching, drafts, fields, order, parts
from lms.courses.authoring.checking import Problem, check_requires, examine
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.authoring.own_fields import AFTER, IN_ORDER, OPENS
from lms.courses.authoring.part_forms import PartForm, form_of
from lms.courses.authoring.parts import HEAD, Part
from lms.courses.authoring.views import actor
from lms.courses.blueprint import bp
from lms.courses.content_entry import Refused
from lms.db import db
from lms.errors import Conflict, DomainError, NotFound
from lms.plugins.registry import step_types
from lms.web.errors import message

# What would make no sense of the whole is refused at once, not only before publishing.
_REFUSED_AT_ONCE = {"after", "needs"}
# Sent while somebody types, by the page's script.
_BY_ITSELF = "autosave"
_REMOVE_FILE = "remove-file:"


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
    form = form.filled(request.form, keep_blanks=do not in {"save", _BY_ITSELF})
    try:
        form = form.with_yaml()
        _check_choice(form)
        attached = _attach(found.id)
        if do.startswith(_REMOVE_FILE):
            name = do.removeprefix(_REMOVE_FILE)
            attaching.detach(db.session(), found.id, name, actor=actor(), now=now())
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        found = drafts.one(db.session(), found.id)
        return _page(found, form, [_problem(form, error)]), 400
    form.show_files(attached)
    found = drafts.one(db.session(), found.id)
    if form.change_rows(do) or do == "upload" or do.startswith(_REMOVE_FILE):
        return _page(found, form)
    return _save(found, form, into)


def _problem(form: PartForm, error: DomainError) -> Problem:
    if isinstance(error, Refused):
        return Problem(form.part, error.place, error.why)
    return Problem(form.part, error.field or "", error)


def _check_choice(form: PartForm) -> None:
    """What a form alone can say, and a file cannot."""
    if form.part.kind == "step" and request.form.get(OPENS.name) == AFTER and not form.raw["after"]:
        raise DomainError("Tick at least one step.", field="after")
    if form.part.kind == "head":
        check_requires(db.session(), form.raw)


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
    was = parts.digest(parts.content(saved.document, part))
    session.commit()
    if request.form.get("do") == _BY_ITSELF:
        return {
            "was": was,
            "text": _("Saved in the draft at %(time)s", time=format_time(at, "short")),
        }
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


def _made_from(found: ProgrammeDraft, form: PartForm) -> origin.Origin | None:
    is_lesson = form.part.kind == "step" and form.raw.get("kind") == "lesson"
    if form.is_new or not is_lesson:
        return None
    return origin.of_lesson(db.session(), found.key, form.part.key)


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
        made_from=_made_from(found, form),
        row_look=lambda row: partial(fields.get, row),
        is_set=lambda value: value not in (None, "", IN_ORDER),
    )
