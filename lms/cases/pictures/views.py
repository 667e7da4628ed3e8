"""A case's pictures: shown to whoever may read that version, changed by its authors."""

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.cases.blueprint import actor, bp
from lms.cases.models import READABLE, CasePicture, CaseVersion
from lms.cases.pictures import attaching
from lms.clock import now
from lms.db import Localized, db
from lms.errors import Conflict, DomainError
from lms.uploads.serving import send
from lms.web.errors import message


@bp.get("/cases/versions/<int:version_id>/pictures/<int:picture_id>")
@access.signed_in
def picture(version_id: int, picture_id: int) -> Response:
    version = db.session.get(CaseVersion, version_id) or abort(404)
    if version.state not in READABLE and not viewer().may("cases.author"):
        abort(404)
    found = db.session.get(CasePicture, picture_id)
    if found is None or found.version_id != version_id:
        abort(404)
    return send(found.upload.sha256, found.upload.kind, found.upload.name)


@bp.post("/cases/draft/<int:version_id>/pictures")
@access.requires("cases.author")
def add_picture(version_id: int) -> ResponseReturnValue:
    file, session = request.files.get("file"), db.session()
    try:
        if file is None or not file.filename:
            raise DomainError("Choose a picture first.", field="file")
        alt = _alt()
        attaching.attach(
            session, version_id, file.stream, file.filename, alt, actor=actor(), now=now()
        )
        session.commit()
        flash(_("The picture is in the draft."), "success")
    except (Conflict, DomainError) as error:
        _tell(error)
    return _back(version_id)


@bp.post("/cases/draft/<int:version_id>/pictures/<int:picture_id>")
@access.requires("cases.author")
def change_picture(version_id: int, picture_id: int) -> ResponseReturnValue:
    session = db.session()
    try:
        if request.form.get("do") == "remove":
            attaching.remove(session, version_id, picture_id, actor=actor(), now=now())
            flash(_("The picture is out of the draft."), "success")
        else:
            attaching.describe(session, version_id, picture_id, _alt(), actor=actor())
            flash(_("Saved."), "success")
        session.commit()
    except (Conflict, DomainError) as error:
        _tell(error)
    return _back(version_id)


def _alt() -> Localized:
    return Localized(request.form.get("alt_zh", ""), request.form.get("alt_en", ""))


def _tell(error: DomainError) -> None:
    if not isinstance(error, Conflict) and error.field is None:
        raise error
    db.session.rollback()
    flash(message(error), "error")


def _back(version_id: int) -> ResponseReturnValue:
    return redirect(url_for("cases.draft", version_id=version_id, _anchor="pictures"), 303)
