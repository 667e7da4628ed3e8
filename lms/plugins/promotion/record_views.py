"""Writing down what stands about a candidate: upheld complaints, a recommendation."""

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    Actor,
    access,
    db,
    now,
    viewer,
)
from lms.plugins.promotion import records
from lms.plugins.promotion.blueprint import bp
from lms.plugins.promotion.dossier_page import done, page_of, person_of
from lms.plugins.promotion.forms import ComplaintForm, DecisionForm
from lms.plugins.promotion.models import Complaint, Recommendation
from lms.plugins.promotion.policy import track_named


@bp.post("/<int:person_id>/complaints")
@access.requires("promotion.record")
def record_complaint(person_id: int) -> ResponseReturnValue:
    person, form = person_of("promotion.record", person_id), ComplaintForm()

    def deed() -> str:
        records.record_complaint(
            db.session(), person, on_day=form.on_day.data, level=form.level.data,
            reference=form.reference.data, note=form.note.data or "",
            actor=Actor(viewer().person_id), now=now(),
        )  # fmt: skip
        return str(_("The complaint is recorded."))

    return done("complaint", "promotion.record", person_id, form, deed)


@bp.post("/complaints/<int:complaint_id>/withdraw")
@access.requires("promotion.record")
def withdraw_complaint(complaint_id: int) -> ResponseReturnValue:
    found = db.session.get(Complaint, complaint_id)
    person, form = person_of("promotion.record", found.person_id if found else 0), DecisionForm()

    def deed() -> str:
        records.withdraw_complaint(
            db.session(), complaint_id, reason=form.reason.data,
            actor=Actor(viewer().person_id), now=now(),
        )  # fmt: skip
        return str(_("The complaint no longer counts."))

    return done(f"complaint-{complaint_id}", "promotion.record", person.id, form, deed)


@bp.post("/<int:person_id>/recommend")
@access.requires("promotion.recommend")
def recommend(person_id: int) -> ResponseReturnValue:
    person, form = person_of("promotion.recommend", person_id), DecisionForm()
    year = request.args.get("year", now().year, type=int)

    def deed() -> str:
        records.recommend(
            db.session(), person, track_named(request.args.get("track")), year,
            text=form.reason.data, actor=Actor(viewer().person_id), now=now(),
        )  # fmt: skip
        return str(_("Your recommendation is in the dossier."))

    return done("recommend", "promotion.recommend", person_id, form, deed)


@bp.post("/recommendations/<int:recommendation_id>/withdraw")
@access.requires("promotion.recommend")
def take_back(recommendation_id: int) -> ResponseReturnValue:
    found = db.session.get(Recommendation, recommendation_id)
    person_id = person_of("promotion.recommend", found.person_id if found else 0).id
    records.take_back(db.session(), recommendation_id, actor=Actor(viewer().person_id), now=now())
    db.session.commit()
    flash(_("Your recommendation was taken back."), "success")
    return redirect(page_of(person_id))
