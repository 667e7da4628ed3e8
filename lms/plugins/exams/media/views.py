"""Pictures and recordings: to who sits the exam, to markers, to those who write questions."""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort

from lms.plugins.api import FILE_KINDS, access, db, now, send_upload, viewer
from lms.plugins.exams.manage import bp as manage_bp
from lms.plugins.exams.markers import marks
from lms.plugins.exams.media import items, keeping, showing
from lms.plugins.exams.views import bp


@bp.get("/attempts/<int:attempt_id>/media/<int:position>/<sha256>")
@access.signed_in
def media(attempt_id: int, position: int, sha256: str) -> Response:
    is_trainer = viewer().may("exams.manage", access.Scope.ALL)
    found = showing.in_attempt(
        db.session(), attempt_id, position, sha256, viewer().person_id,
        is_trainer=is_trainer, now=now(),
    )  # fmt: skip
    return _send(found)


@manage_bp.get("/marking/<int:mark_id>/media/<sha256>")
@access.requires("exams.mark")
def mark_media(mark_id: int, sha256: str) -> Response:
    mark = marks.own(db.session(), mark_id, viewer().person_id)
    return _send(items.find(mark.response.version.media, sha256))


@manage_bp.get("/questions/media/<sha256>")
@access.requires("exams.manage")
def media_file(sha256: str) -> Response:
    """Of any question, and of one that is being written."""
    upload = keeping.shown(db.session(), sha256)
    return _send({"sha256": upload.sha256, "kind": upload.kind} if upload else None)


def _send(item: Mapping[str, Any] | None) -> Response:
    """Under a name that says nothing, and without the time it was stored at: files given one after
    the other would tell the order of the options."""
    if item is None:
        abort(404)
    name = f"media.{FILE_KINDS[item['kind']].suffixes[0]}"
    answer = send_upload(item["sha256"], item["kind"], name)
    answer.headers.pop("Last-Modified", None)
    return answer
