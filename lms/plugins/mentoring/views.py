"""For those who choose mentors: who waits for one, which pairs there are, what is late."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    Actor,
    DomainError,
    Person,
    access,
    db,
    here,
    local_date,
    now,
    page_url,
    policies,
    show_on,
    viewer,
    zone,
)
from lms.plugins.mentoring import needs, pairing, proposing, seeing
from lms.plugins.mentoring.forms import EndForm, MentorForm
from lms.plugins.mentoring.policy import CHECK_INS

bp = Blueprint("mentoring", __name__, url_prefix="/mentoring", template_folder="templates")


@bp.get("")
@access.requires("mentoring.pair")
def index() -> ResponseReturnValue:
    session, today = db.session(), local_date(now(), zone())
    scope, state = viewer().clause("mentoring.pair"), request.args.get("show", "")
    waiting = needs.waiting(session, scope, today)
    most = policies.in_force(session, CHECK_INS)["most_mentees"] if waiting else 0
    counts = seeing.counts(session, scope, viewer().person_id, today)
    shown = {"overdue": counts.overdue, "ended": counts.ended}.get(state, counts.under_way)
    page = max(1, request.args.get("page", 1, type=int))
    return render_template(
        "mentoring/index.html",
        waiting=waiting,
        proposed=proposing.propose(session, waiting, needs.team_ids(waiting), today, most),
        counts=counts,
        state=state,
        found=seeing.listing(session, scope, state, today, page, shown),
        today=today,
        here=here,
        page_url=page_url,
    )


@bp.route("/people/<int:person_id>", methods=["GET", "POST"])
@access.requires("mentoring.pair")
def choose(person_id: int) -> ResponseReturnValue:
    mentee = access.require("mentoring.pair", db.session.get(Person, person_id))
    form = MentorForm()
    if request.method == "GET":
        return _choose_page(mentee, form)
    if form.validate_on_submit():
        mentor = access.require("mentoring.pair", db.session.get(Person, form.mentor_id.data))
        try:
            pair = pairing.choose(
                db.session(), mentee, mentor, reason=form.reason.data or "", actor=_me(), now=now()
            )
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            show_on(form, error)
        else:
            flash(
                _("%(name)s is the mentor now; both have been told.", name=mentor.name), "success"
            )
            return redirect(url_for("mentoring_pairs.pair", pair_id=pair.id), 303)
    return _choose_page(db.session.get_one(Person, person_id), form), 400


def _choose_page(mentee: Person, form: MentorForm) -> str:
    session, today = db.session(), local_date(now(), zone())
    scope, text = viewer().clause("mentoring.pair"), request.args.get("q", "")[:100]
    most = policies.in_force(session, CHECK_INS)["most_mentees"]
    return render_template(
        "mentoring/choose.html",
        form=form,
        mentee=mentee,
        need=needs.of_person(session, mentee.id),
        candidates=proposing.candidates(session, mentee, scope, today, most, text),
        current=next(iter(seeing.of_mentee(session, mentee.id)), None),
        most=most,
        q=text,
    )


@bp.post("/pairs/<int:pair_id>/end")
@access.requires("mentoring.pair")
def end(pair_id: int) -> ResponseReturnValue:
    pair = pairing.by_id(db.session(), pair_id)
    access.require("mentoring.pair", pair.mentee)
    form = EndForm()
    if form.validate_on_submit():
        pairing.end(db.session(), pair, reason=form.reason.data, actor=_me(), now=now())
        db.session.commit()
        flash(_("The mentoring has ended; both have been told."), "success")
        return redirect(url_for(".index"), 303)
    flash(_("Write the reason in at least 4 characters."), "error")
    return redirect(url_for("mentoring_pairs.pair", pair_id=pair_id), 303)


def _me() -> Actor:
    return Actor(viewer().person_id)
