"""A person's dossier as a page, with a form as it was sent where one was refused."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from lms.plugins.api import (
    DomainError,
    Person,
    access,
    db,
    error_message,
    here,
    local_date,
    now,
    show_on,
    viewer,
    zone,
)
from lms.plugins.promotion import appealing, records, words
from lms.plugins.promotion import dossier as dossiers
from lms.plugins.promotion.forms import ComplaintForm, DecisionForm
from lms.plugins.promotion.policy import TRACKS


def shown(person: Person, *, sent: str = "", form: FlaskForm | None = None) -> ResponseReturnValue:
    """`sent` names the form that was refused: nominate, decide, withdraw, probation, recommend,
    complaint, or complaint-ID for taking that one back."""
    found = dossier_asked(person)
    who, today = viewer(), local_date(now(), zone())
    check = found.check
    return render_template(
        "promotion/dossier.html",
        found=found, person=person, words=words, here=here, tracks=TRACKS.values(),
        records=records.of_person(db.session(), person.id, check.track, check.year),
        sent=sent, form=form, today=today,
        blank=DecisionForm(formdata=None, effective_on=today),
        complaint=form if sent == "complaint" else ComplaintForm(formdata=None),
        may_do={
            what: who.covers(f"promotion.{what}", person) and who.person_id != person.id
            for what in ("nominate", "decide", "recommend", "record")
        },
        appeal_against=_own_frozen(person, found),
        names_shown=who.person_id != person.id, me=who.person_id,
    )  # fmt: skip


def done(
    sent: str, permission: str, person_id: int, form: FlaskForm, deed: Callable[[], str]
) -> ResponseReturnValue:
    """Do it, say what `deed` returns and go back to the dossier; what is wrong with the form stands
    in the form."""
    if form.validate_on_submit():
        try:
            said = deed()
        except DomainError as error:
            db.session.rollback()
            if error.field is None:  # things are not as the form took them to be
                flash(error_message(error), "error")
                return redirect(page_of(person_id))
            show_on(form, error)
        else:
            db.session.commit()
            flash(said, "success")
            return redirect(page_of(person_id))
    return shown(person_of(permission, person_id), form=form, sent=sent)


def _own_frozen(person: Person, found: dossiers.Dossier) -> int | None:
    """What the reader may appeal against: their own verdict, once it is frozen."""
    if viewer().person_id != person.id:
        return None
    check = found.check
    return appealing.frozen(db.session(), person.id, check.year, check.track.key)


def dossier_asked(person: Person) -> dossiers.Dossier:
    """For the year and track in the address; else the present year, the step from their level."""
    track = TRACKS.get(request.args.get("track", ""))
    year = request.args.get("year", type=int)
    return dossiers.dossier(db.session(), person, year, now(), track)


def page_of(person_id: int) -> str:
    """Where the form came from: the dossier for the same year and track."""
    kept = [f"{key}={request.args[key]}" for key in ("year", "track") if _is_word(key)]
    return f"/promotion/{person_id}" + ("?" + "&".join(kept) if kept else "")


def _is_word(key: str) -> bool:
    return request.args.get(key, "").replace("_", "").isalnum()


def person_of(permission: str, person_id: int) -> Person:
    return access.require(permission, db.session.get(Person, person_id))
