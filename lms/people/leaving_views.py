"""Who leaves, what is stored about a person, and taking their name off it for good."""

import json

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from lms import access
from lms.access import viewer
from lms.audit import Actor
from lms.clock import local_date, now
from lms.db import db
from lms.errors import DomainError
from lms.people import leaving
from lms.people.blueprint import bp
from lms.people.forms import LeavingForm, ReasonForm
from lms.people.models import Person
from lms.people.organisation import zone
from lms.web.errors import message, show_on
from lms.web.lists import attachment
from lms.web.noting import note_reading


def _actor() -> Actor:
    return Actor(viewer().person_id)


def _find(person_id: int) -> Person:
    found = access.require("people.manage", db.session.get(Person, person_id))
    if found.id == viewer().person_id:
        abort(403)
    return found


def _page(person: Person, *, left: FlaskForm | None = None, erased: FlaskForm | None = None) -> str:
    return render_template(
        "people/leaving.html",
        person=person,
        is_erased=leaving.is_erased(person),
        leaving=left or LeavingForm(formdata=None, data={"day": local_date(now(), zone())}),
        erasing=erased or ReasonForm(formdata=None),
    )


def _refused(person_id: int, error: DomainError) -> ResponseReturnValue:
    flash(message(error), "error")
    return redirect(url_for("people.leaving", person_id=person_id), 303)


@bp.get("/people/<int:person_id>/leaving", endpoint="leaving")
@access.requires("people.manage")
def leaving_page(person_id: int) -> ResponseReturnValue:
    return _page(_find(person_id))


@bp.post("/people/<int:person_id>/leaving")
@access.requires("people.manage")
def leave(person_id: int) -> ResponseReturnValue:
    found, form = _find(person_id), LeavingForm()
    if form.validate_on_submit():
        try:
            leaving.leave(db.session(), found, form.day.data, actor=_actor(), now=now())
        except DomainError as error:
            db.session.rollback()
            if error.field is None:
                return _refused(person_id, error)
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("%(name)s has left.", name=found.name), "success")
            return redirect(url_for("people.leaving", person_id=person_id), 303)
    return _page(_find(person_id), left=form), 400


@bp.post("/people/<int:person_id>/back")
@access.requires("people.manage")
def come_back(person_id: int) -> ResponseReturnValue:
    found = _find(person_id)
    try:
        leaving.come_back(db.session(), found, actor=_actor(), now=now())
    except DomainError as error:
        db.session.rollback()
        return _refused(person_id, error)
    db.session.commit()
    flash(_("%(name)s is here again. Clearance is given anew.", name=found.name), "success")
    return redirect(url_for("people.leaving", person_id=person_id), 303)


@bp.get("/people/<int:person_id>/data.json")
@access.requires("people.manage")
def data(person_id: int) -> ResponseReturnValue:
    """All that is stored about the person, plugins' tables included; who took it is audited."""
    from lms.people.privacy import stored_about

    found = _find(person_id)
    filename = f"{found.staff_no}.json"
    try:
        stored = stored_about(db.session(), found)
    except DomainError as error:
        return _refused(person_id, error)
    note_reading("person.export", ("person", person_id))
    body = json.dumps(stored, ensure_ascii=False, indent=2, default=str)
    response = Response(body, mimetype="application/json")
    response.headers["Content-Disposition"] = attachment(filename)
    return response


@bp.post("/people/<int:person_id>/erase")
@access.requires("people.manage")
def erase(person_id: int) -> ResponseReturnValue:
    """Cannot be undone. Results, ranks and the audit log stay, about somebody without a name."""
    from lms.people.privacy import erase_person

    found, form = _find(person_id), ReasonForm()
    if form.validate_on_submit():
        try:
            erase_person(
                db.session(), found, reason=form.reason.data.strip(), actor=_actor(), now=now()
            )
        except DomainError as error:
            db.session.rollback()
            return _refused(person_id, error)
        db.session.commit()
        flash(_("The person is erased. Results and ranks are kept without a name."), "success")
        return redirect(url_for("people.leaving", person_id=person_id), 303)
    return _page(_find(person_id), erased=form), 400
