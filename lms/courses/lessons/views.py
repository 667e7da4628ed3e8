"""The files of a lesson, and the reports of its players."""

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from lms import access
from lms.access import viewer
from lms.clock import now
from lms.courses import services
from lms.courses.blueprint import bp
from lms.courses.lessons import playing
from lms.db import db
from lms.plugins.types import StepContext
from lms.uploads.serving import send


def _lesson(enrolment_id: int, step_id: int) -> StepContext:
    """One's own, and open: what is locked shows no pictures either."""
    me = viewer().person_id
    _found, context = services.open_step(db.session(), me, enrolment_id, step_id, now())
    if context.kind != "lesson":
        abort(404)
    return context


@bp.get("/learn/<int:enrolment_id>/<int:step_id>/media/<name>")
@access.signed_in
def lesson_file(enrolment_id: int, step_id: int, name: str) -> Response:
    found = (_lesson(enrolment_id, step_id).config.get("media") or {}).get(name)
    if found is None:
        abort(404)
    return send(found["sha256"], found["kind"], name, cached=True)


@bp.post("/learn/<int:enrolment_id>/<int:step_id>/played")
@access.signed_in
def played(enrolment_id: int, step_id: int) -> ResponseReturnValue:
    """`name` of the file and `at` in milliseconds; answers what the server believes."""
    context = _lesson(enrolment_id, step_id)
    at = request.form.get("at", type=int)
    if at is None:
        abort(400)
    seen = playing.report(db.session(), context, request.form.get("name", ""), at)
    all_seen = playing.positions(db.session(), context)
    db.session.commit()
    return {
        "furthest": seen.furthest,
        "watched": seen.watched,
        "opens": not playing.must_watch(context.config, all_seen),
    }
