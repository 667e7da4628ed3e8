"""Pages: a draft at a glance, the order of what is in it, its files."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms import access
from lms.clock import now
from lms.courses.audience.words import KINDS
from lms.courses.authoring import drafts, fields, order
from lms.courses.authoring.checking import examine
from lms.courses.authoring.labelling import labels
from lms.courses.authoring.parts import HEAD, Part
from lms.courses.authoring.views import actor
from lms.courses.blueprint import bp
from lms.courses.lessons.showing import shown
from lms.db import db
from lms.errors import DomainError, NotFound
from lms.plugins.registry import step_types
from lms.uploads.serving import send
from lms.web.errors import message


@bp.get("/programmes/drafts/<int:draft_id>")
@access.requires("programmes.author")
def draft(draft_id: int) -> ResponseReturnValue:
    found = drafts.one(db.session(), draft_id)
    examined = examine(found.document, found.files)
    return render_template(
        "courses/authoring/draft.html",
        draft=found,
        document=found.document,
        examined=examined,
        labels=labels(db.session(), found.document, examined.problems),
        head=HEAD,
        Part=Part,
        step_kinds=step_types(),
        kinds=KINDS,
        message=message,
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
    do, _sep, what = request.form.get("do", "").partition(":")
    kind, _sep, key = what.partition(":")
    part = Part(kind, key)
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
