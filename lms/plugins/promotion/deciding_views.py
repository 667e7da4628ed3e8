"""What is done on a dossier: nominating, deciding, taking back, ending a probation."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    Actor,
    access,
    db,
    now,
    viewer,
)
from lms.plugins.promotion import deciding, nominations, probation
from lms.plugins.promotion.blueprint import bp
from lms.plugins.promotion.dossier_page import done, person_of
from lms.plugins.promotion.forms import DecisionForm
from lms.plugins.promotion.models import Nomination, NominationState, Outcome
from lms.plugins.promotion.policy import track_named


@bp.post("/<int:person_id>/nominate")
@access.requires("promotion.nominate")
def nominate(person_id: int) -> ResponseReturnValue:
    person, form = person_of("promotion.nominate", person_id), DecisionForm()
    year, track = (
        request.args.get("year", now().year, type=int),
        track_named(request.args.get("track")),
    )

    def deed() -> str:
        nominations.nominate(
            db.session(), person, year, reason=form.reason.data, actor=Actor(viewer().person_id),
            now=now(), track=track,
        )  # fmt: skip
        return str(_("Nominated. Somebody else in HR decides."))

    return done("nominate", "promotion.view", person_id, form, deed)


@bp.post("/nominations/<int:nomination_id>/decide")
@access.requires("promotion.decide")
def decide(nomination_id: int) -> ResponseReturnValue:
    person_id = _about("promotion.decide", nomination_id)
    form = DecisionForm()

    def deed() -> str:
        made = deciding.decide(
            db.session(), nomination_id, approve="approve" in request.form,
            reason=form.reason.data, actor=Actor(viewer().person_id), now=now(),
            effective_on=form.effective_on.data,
        )  # fmt: skip
        if made.state == NominationState.SCHEDULED:
            said = _("Approved. The level changes on %(day)s.", day=str(made.effective_on))
        elif made.state == NominationState.APPROVED:
            said = _("Promoted.")
        else:
            said = _("Declined.")
        return str(said)

    return done("decide", "promotion.view", person_id, form, deed)


@bp.post("/nominations/<int:nomination_id>/withdraw")
@access.requires("promotion.nominate")
def withdraw(nomination_id: int) -> ResponseReturnValue:
    person_id = _about("promotion.nominate", nomination_id)
    form = DecisionForm()

    def deed() -> str:
        nominations.withdraw(
            db.session(), nomination_id, reason=form.reason.data,
            may_decide=viewer().may("promotion.decide"), actor=Actor(viewer().person_id), now=now(),
        )  # fmt: skip
        return str(_("The nomination was withdrawn."))

    return done("withdraw", "promotion.view", person_id, form, deed)


@bp.post("/nominations/<int:nomination_id>/probation")
@access.requires("promotion.decide")
def end_probation(nomination_id: int) -> ResponseReturnValue:
    person_id = _about("promotion.decide", nomination_id)
    form = DecisionForm()

    def deed() -> str:
        ended = probation.end(
            db.session(), nomination_id, confirm="confirm" in request.form,
            reason=form.reason.data, actor=Actor(viewer().person_id), now=now(),
            early=form.early.data,
        )  # fmt: skip
        if ended.outcome == Outcome.CONFIRMED:
            return str(_("The level is confirmed."))
        return str(_("Returned to the former level."))

    return done("probation", "promotion.view", person_id, form, deed)


def _about(permission: str, nomination_id: int) -> int:
    """Whom it is about, if that is in the reader's scope."""
    nomination = db.session.get(Nomination, nomination_id)
    return person_of(permission, nomination.person_id if nomination else 0).id
