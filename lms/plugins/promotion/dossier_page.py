"""A person's dossier as a page, with a form as it was sent where one was refused."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.plugins.api import Person, access, db, here, local_date, now, viewer, zone
from lms.plugins.promotion import dossier as dossiers
from lms.plugins.promotion import words
from lms.plugins.promotion.forms import DecisionForm
from lms.plugins.promotion.policy import TRACKS


def shown(
    person: Person, year: int | None, *, sent: str = "", form: DecisionForm | None = None
) -> ResponseReturnValue:
    """`sent` names the form that was refused: nominate, decide, withdraw or probation."""
    track = TRACKS.get(request.args.get("track", ""))
    found = dossiers.dossier(db.session(), person, year, now(), track)
    who, today = viewer(), local_date(now(), zone())
    return render_template(
        "promotion/dossier.html",
        found=found, person=person, words=words, here=here, tracks=TRACKS.values(),
        sent=sent, form=form, blank=DecisionForm(formdata=None, effective_on=today), today=today,
        may_nominate=who.covers("promotion.nominate", person) and who.person_id != person.id,
        may_decide=who.covers("promotion.decide", person) and who.person_id != person.id,
        names_shown=who.person_id != person.id, me=who.person_id,
    )  # fmt: skip


def person_of(permission: str, person_id: int) -> Person:
    return access.require(permission, db.session.get(Person, person_id))
