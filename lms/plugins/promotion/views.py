"""The board of a year, one person's dossier, nomination and decision."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from lms.plugins.api import (
    Actor,
    DomainError,
    Person,
    access,
    db,
    download,
    error_message,
    here,
    now,
    page_of,
    page_url,
    show_on,
    viewer,
)
from lms.plugins.promotion import board as boards
from lms.plugins.promotion import dossier as dossiers
from lms.plugins.promotion import nominations, words
from lms.plugins.promotion.models import Nomination, NominationState

bp = Blueprint("promotion", __name__, url_prefix="/promotion", template_folder="templates")


class ReasonForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(validators=[InputRequired(), Length(max=2000)])


@bp.get("")
@access.requires("promotion.view")
def board() -> ResponseReturnValue:
    asked = request.args
    found = boards.board(
        db.session(),
        asked.get("year", type=int),
        text=asked.get("q", ""),
        verdict=asked.get("verdict", ""),
        scope=viewer().clause("promotion.view"),
        now=now(),
    )
    if kind := asked.get("format"):
        rows = boards.export(db.session(), found)
        return download(f"promotion-{found.year}", boards.EXPORT, rows, kind)
    page = page_of(found.rows)
    details = boards.details(db.session(), found, page.items)
    return render_template(
        "promotion/board.html", board=found, page=page, details=details, here=here,
        page_url=page_url, words=words, text=asked.get("q", ""), verdict=asked.get("verdict", ""),
    )  # fmt: skip


@bp.get("/me")
@access.requires("promotion.view")
def mine() -> ResponseReturnValue:
    return redirect(url_for(".dossier", person_id=viewer().person_id))


@bp.get("/<int:person_id>")
@access.requires("promotion.view")
def dossier(person_id: int) -> ResponseReturnValue:
    return _dossier(_person("promotion.view", person_id), request.args.get("year", type=int))


def _dossier(
    person: Person, year: int | None, form: ReasonForm | None = None
) -> ResponseReturnValue:
    found = dossiers.dossier(db.session(), person, year, now())
    who = viewer()
    return render_template(
        "promotion/dossier.html",
        found=found, person=person, words=words, here=here, form=form or ReasonForm(),
        may_nominate=who.covers("promotion.nominate", person) and who.person_id != person.id,
        may_decide=who.covers("promotion.decide", person),
        names_shown=who.person_id != person.id, me=who.person_id,
    )  # fmt: skip


@bp.post("/<int:person_id>/nominate")
@access.requires("promotion.nominate")
def nominate(person_id: int) -> ResponseReturnValue:
    person, form = _person("promotion.nominate", person_id), ReasonForm()
    year = request.args.get("year", now().year, type=int)
    if form.validate_on_submit():
        try:
            nominations.nominate(
                db.session(), person, year,
                reason=form.reason.data, actor=Actor(viewer().person_id), now=now(),
            )  # fmt: skip
        except DomainError as error:
            if error.field is None:
                return _refused(error, person_id, year)
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Nominated. Somebody else in HR decides."), "success")
            return redirect(url_for(".dossier", person_id=person_id, year=year))
    return _dossier(_person("promotion.nominate", person_id), year, form)


@bp.post("/nominations/<int:nomination_id>/decide")
@access.requires("promotion.decide")
def decide(nomination_id: int) -> ResponseReturnValue:
    nomination, form = db.session.get(Nomination, nomination_id), ReasonForm()
    person_id, year = (nomination.person_id, nomination.year) if nomination else (0, 0)
    _person("promotion.decide", person_id)
    if form.validate_on_submit():
        try:
            nomination = nominations.decide(
                db.session(), nomination_id, approve="approve" in request.form,
                reason=form.reason.data, actor=Actor(viewer().person_id), now=now(),
            )  # fmt: skip
        except DomainError as error:
            if error.field is None:
                return _refused(error, person_id, year)
            show_on(form, error)
        else:
            db.session.commit()
            approved = nomination.state == NominationState.APPROVED
            flash(_("Promoted to senior agent.") if approved else _("Declined."), "success")
            return redirect(url_for(".dossier", person_id=person_id, year=year))
    return _dossier(_person("promotion.decide", person_id), year, form)


def _refused(error: DomainError, person_id: int, year: int) -> ResponseReturnValue:
    """Things are not as the form took them to be: show how they are now."""
    db.session.rollback()
    flash(error_message(error), "error")
    return redirect(url_for(".dossier", person_id=person_id, year=year))


def _person(permission: str, person_id: int) -> Person:
    return access.require(permission, db.session.get(Person, person_id))
