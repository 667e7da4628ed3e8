"""Writing down what stands about a candidate: upheld complaints, a recommendation."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    access,
    db,
    error_message,
    now,
    show_on,
    viewer,
)
from lms.plugins.promotion import records
from lms.plugins.promotion.blueprint import bp
from lms.plugins.promotion.dossier_page import page_of, person_of, shown
from lms.plugins.promotion.forms import ComplaintForm, DecisionForm
from lms.plugins.promotion.models import Complaint, Recommendation
from lms.plugins.promotion.policy import track_named


@bp.post("/<int:person_id>/complaints")
@access.requires("promotion.record")
def record_complaint(person_id: int) -> ResponseReturnValue:
    person, form = person_of("promotion.record", person_id), ComplaintForm()
    if form.validate_on_submit():
        try:
            records.record_complaint(
                db.session(), person, on_day=form.on_day.data, level=form.level.data,
                reference=form.reference.data, note=form.note.data or "",
                actor=Actor(viewer().person_id), now=now(),
            )  # fmt: skip
        except Conflict as error:
            return _refused(error, person_id)
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("The complaint is recorded."), "success")
            return redirect(page_of(person_id))
    return shown(person_of("promotion.record", person_id), sent="complaint", form=form)


@bp.post("/complaints/<int:complaint_id>/withdraw")
@access.requires("promotion.record")
def withdraw_complaint(complaint_id: int) -> ResponseReturnValue:
    found = db.session.get(Complaint, complaint_id)
    person, form = person_of("promotion.record", found.person_id if found else 0), DecisionForm()
    if form.validate_on_submit():
        try:
            records.withdraw_complaint(
                db.session(), complaint_id, reason=form.reason.data,
                actor=Actor(viewer().person_id), now=now(),
            )  # fmt: skip
        except DomainError as error:
            if error.field is None:
                return _refused(error, person.id)
            db.session.rollback()
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("The complaint no longer counts."), "success")
            return redirect(page_of(person.id))
    return shown(
        person_of("promotion.record", person.id), sent=f"complaint-{complaint_id}", form=form
    )


@bp.post("/<int:person_id>/recommend")
@access.requires("promotion.recommend")
def recommend(person_id: int) -> ResponseReturnValue:
    person, form = person_of("promotion.recommend", person_id), DecisionForm()
    year = request.args.get("year", now().year, type=int)
    if form.validate_on_submit():
        try:
            records.recommend(
                db.session(), person, track_named(request.args.get("track")), year,
                text=form.reason.data, actor=Actor(viewer().person_id), now=now(),
            )  # fmt: skip
        except DomainError as error:
            if error.field is None:
                return _refused(error, person_id)
            db.session.rollback()
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Your recommendation is in the dossier."), "success")
            return redirect(page_of(person_id))
    return shown(person_of("promotion.recommend", person_id), sent="recommend", form=form)


@bp.post("/recommendations/<int:recommendation_id>/withdraw")
@access.requires("promotion.recommend")
def take_back(recommendation_id: int) -> ResponseReturnValue:
    found = db.session.get(Recommendation, recommendation_id)
    person_id = person_of("promotion.recommend", found.person_id if found else 0).id
    records.take_back(db.session(), recommendation_id, actor=Actor(viewer().person_id), now=now())
    db.session.commit()
    flash(_("Your recommendation was taken back."), "success")
    return redirect(page_of(person_id))


def _refused(error: DomainError, person_id: int) -> ResponseReturnValue:
    db.session.rollback()
    flash(error_message(error), "error")
    return redirect(page_of(person_id))
