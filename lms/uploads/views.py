"""One's own files, and those of people whose steps one may sign off."""

from flask import Blueprint, Response, abort

from lms import access
from lms.access import viewer
from lms.db import db
from lms.people.models import Person
from lms.uploads.models import Upload
from lms.uploads.serving import send

bp = Blueprint("uploads", __name__)


@bp.get("/uploads/<int:upload_id>")
@access.signed_in
def show(upload_id: int) -> Response:
    upload = db.session.get(Upload, upload_id)
    if upload is None or upload.person_id is None:  # a lesson's picture is shown in the lesson
        abort(404)
    if upload.person_id != viewer().person_id:
        access.require("steps.signoff", db.session.get(Person, upload.person_id))
    return send(upload.sha256, upload.kind, upload.name)
