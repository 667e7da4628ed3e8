"""Pages: a draft or a published version as a learner would see it; nothing is stored."""

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms import access
from lms.access import viewer
from lms.clock import local_date, now
from lms.courses.authoring import drafts, previewing
from lms.courses.authoring.drafts import Shown
from lms.courses.blueprint import bp
from lms.db import db
from lms.people.organisation import zone
from lms.plugins.registry import step_type
from lms.uploads.serving import send


@bp.get("/programmes/drafts/<int:draft_id>/preview")
@access.requires("programmes.author")
def preview_draft(draft_id: int) -> ResponseReturnValue:
    return _whole(_draft(draft_id), url_for("courses.draft", draft_id=draft_id))


@bp.get("/programmes/drafts/<int:draft_id>/preview/<int:place>")
@access.requires("programmes.author")
def preview_draft_step(draft_id: int, place: int) -> ResponseReturnValue:
    shown = _draft(draft_id)
    key = _key(shown, place)
    edit = url_for("courses.draft_step", draft_id=draft_id, key=key) if key else ""
    return _step(shown, place, url_for("courses.preview_draft", draft_id=draft_id), edit)


@bp.get("/programmes/drafts/<int:draft_id>/preview/<int:place>/media/<name>")
@access.requires("programmes.author")
def preview_draft_file(draft_id: int, place: int, name: str) -> Response:
    return _file(_draft(draft_id), name)


@bp.get("/programmes/<int:programme_id>/versions/<int:number>")
@access.requires("programmes.author")
def preview_version(programme_id: int, number: int) -> ResponseReturnValue:
    back = url_for("courses.authored", programme_id=programme_id)
    return _whole(_version(programme_id, number), back)


@bp.get("/programmes/<int:programme_id>/versions/<int:number>/<int:place>")
@access.requires("programmes.author")
def preview_version_step(programme_id: int, number: int, place: int) -> ResponseReturnValue:
    back = url_for("courses.preview_version", programme_id=programme_id, number=number)
    return _step(_version(programme_id, number), place, back)


@bp.get("/programmes/<int:programme_id>/versions/<int:number>/<int:place>/media/<name>")
@access.requires("programmes.author")
def preview_version_file(programme_id: int, number: int, place: int, name: str) -> Response:
    return _file(_version(programme_id, number), name)


def _draft(draft_id: int) -> Shown:
    found = drafts.one(db.session(), draft_id)
    return Shown(found.document, found.files)


def _version(programme_id: int, number: int) -> Shown:
    return drafts.shown(drafts.version(db.session(), programme_id, number))


def _key(shown: Shown, place: int) -> str:
    keys = [step["key"] for module in shown.document["modules"] for step in module["steps"]]
    return keys[place - 1] if 0 < place <= len(keys) else ""


def _file(shown: Shown, name: str) -> Response:
    found = shown.files.get(name)
    if found is None:
        abort(404)
    return send(found["sha256"], found["kind"], name)


def _whole(shown: Shown, back: str) -> str:
    found = previewing.standing_of(shown, viewer().person_id, local_date(now(), zone()))
    return render_template(
        "courses/authoring/preview.html", found=found, back=back, here=request.path
    )


def _step(shown: Shown, place: int, back: str, edit: str = "") -> str:
    me, at = viewer().person_id, now()
    context = previewing.step_of(shown, place, me, at)
    kind = step_type(context.kind)
    body = Markup(kind.render(db.session(), context)) if kind else None  # noqa: S704  our templates
    found = previewing.standing_of(shown, me, local_date(at, zone()))
    return render_template(
        "courses/authoring/preview_step.html",
        found=found,
        step=context,
        kind=kind,
        body=body,
        back=back,
        edit=edit,
        all_steps=[standing.step for standing in found.steps],
    )
