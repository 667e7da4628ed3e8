"""Comments on the lines of a draft."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms import access
from lms.cases import comments, content
from lms.cases.blueprint import actor, bp
from lms.cases.editor_views import draft_of
from lms.clock import now
from lms.db import db
from lms.errors import Conflict, DomainError
from lms.web.errors import message


@bp.post("/cases/draft/<int:version_id>/comments")
@access.requires("cases.author")
def comment(version_id: int) -> ResponseReturnValue:
    version = draft_of(version_id)
    section, row = request.form.get("section", ""), request.form.get("row", -1, type=int)
    text, rows = request.form.get("text", ""), comments.rows_of(content.of(version))
    try:
        comments.add(db.session(), version, section, row, text, rows=rows, actor=actor(), now=now())
        db.session.commit()
    except (Conflict, DomainError) as error:
        return _back(version_id, section, error)
    return _back(version_id, f"{section}-{row}")


@bp.post("/cases/comments/<int:comment_id>")
@access.requires("cases.author")
def answer(comment_id: int) -> ResponseReturnValue:
    """Answer a comment, or say that it is done."""
    found = comments.one(db.session(), comment_id)
    version_id, text = found.version_id, request.form.get("text", "")
    shown_in = request.form.get("version", version_id, type=int)
    try:
        if request.form.get("do") == "done":
            if text.strip():
                comments.answer(db.session(), comment_id, text, actor=actor(), now=now())
            comments.done(db.session(), comment_id, actor=actor(), now=now())
        else:
            comments.answer(db.session(), comment_id, text, actor=actor(), now=now())
        db.session.commit()
    except (Conflict, DomainError) as error:
        return _back(shown_in, "", error)
    return _back(shown_in, f"comment-{comment_id}")


def _back(version_id: int, anchor: str, error: DomainError | None = None) -> ResponseReturnValue:
    if error is not None:
        db.session.rollback()
        flash(message(error), "error")
    return redirect(url_for("cases.draft", version_id=version_id, _anchor=anchor or None), 303)
