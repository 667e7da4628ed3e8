"""Qualifications from outside: one's own, and the queue of those who decide."""

import secrets
from typing import IO, cast

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    DomainError,
    NotAllowed,
    access,
    db,
    error_message,
    local_date,
    note_reading,
    now,
    send_upload,
    show_on,
    viewer,
    zone,
)
from lms.plugins.recognition import qualifications, words
from lms.plugins.recognition.access import APPROVE
from lms.plugins.recognition.blueprint import actor, bp, me
from lms.plugins.recognition.forms import DecideForm, QualificationForm
from lms.plugins.recognition.models import Qualification, State


@bp.route("/qualifications", methods=["GET", "POST"])
@access.signed_in
def mine() -> ResponseReturnValue:
    form = QualificationForm()
    if request.method == "GET":
        form.key.data = secrets.token_hex(8)
    if form.validate_on_submit():
        try:
            _submit(form)
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            flash(_("Sent in. You are told as soon as it is decided."), "success")
            return redirect(url_for(".mine"), 303)
    page = render_template(
        "recognition/mine.html", form=form, words=words,
        found=qualifications.of_person(db.session(), viewer().person_id),
        today=local_date(now(), zone()), is_expired=qualifications.is_expired,
    )  # fmt: skip
    return page, 400 if form.errors else 200


def _submit(form: QualificationForm) -> Qualification:
    file = form.file.data
    if not file:
        raise DomainError("Choose a file first.", field="file")
    claim = qualifications.Claim(
        form.title.data, form.issuer.data, form.obtained_on.data, form.expires_on.data
    )
    return qualifications.submit(
        db.session(), form.key.data, me(), claim,
        (cast(IO[bytes], file.stream), file.filename or ""), now=now(),
    )  # fmt: skip


@bp.get("/qualifications/waiting")
@access.requires(APPROVE)
def waiting() -> ResponseReturnValue:
    return _queue()


def _queue(form: DecideForm | None = None, form_of: int | None = None) -> str:
    asked = request.args.get("state", str(State.SUBMITTED))
    state = asked if asked in words.STATES else str(State.SUBMITTED)
    scope = viewer().clause(APPROVE)
    return render_template(
        "recognition/waiting.html", found=qualifications.in_state(db.session(), state, scope),
        counts=qualifications.counts(db.session(), scope), state=state, words=words,
        form=form, form_of=form_of, empty=DecideForm(formdata=None), me=me(),
        today=local_date(now(), zone()), is_expired=qualifications.is_expired,
    )  # fmt: skip


@bp.post("/qualifications/<int:qualification_id>/decide")
@access.requires(APPROVE)
def decide(qualification_id: int) -> ResponseReturnValue:
    found, form = qualifications.of_id(db.session(), qualification_id), DecideForm()
    access.require(APPROVE, found.person)
    if not form.validate_on_submit():
        return _queue(form, qualification_id), 400
    try:
        qualifications.decide(
            db.session(), qualification_id, approved="approve" in request.form,
            word=form.word.data, actor=actor(), now=now(),
        )  # fmt: skip
        db.session.commit()
    except NotAllowed:
        raise
    except DomainError as error:
        db.session.rollback()
        if error.field == "word":
            show_on(form, error)
            return _queue(form, qualification_id), 400
        flash(error_message(error), "error")
    else:
        flash(_("Decided; the person has been told."), "success")
    return redirect(url_for(".waiting"), 303)


@bp.get("/qualifications/<int:qualification_id>/proof")
@access.signed_in
def proof(qualification_id: int) -> ResponseReturnValue:
    """For its person, and for those who decide: that they looked stands in the audit log."""
    found = qualifications.of_id(db.session(), qualification_id)
    person_id, upload = found.person_id, found.upload
    if person_id != viewer().person_id:
        access.require(APPROVE, found.person)
    if upload is None:
        abort(404)
    file = upload.sha256, upload.kind, upload.name
    if person_id != viewer().person_id:
        subject = ("recognition_qualification", qualification_id)
        note_reading("recognition.proof", subject, person_id=person_id)
    return send_upload(*file)
