"""Pages: appealing, the list, one appeal and the decision."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms import access
from lms.access import ADMIN, viewer
from lms.appeals import naming, queries, services
from lms.appeals.deciding import is_left_to
from lms.appeals.forms import RaterForm, ReasonForm
from lms.appeals.kinds import decided_by, kinds
from lms.appeals.models import Appeal, AppealState
from lms.appeals.policy import APPEALS
from lms.audit import Actor
from lms.clock import now
from lms.db import db
from lms.errors import DomainError
from lms.policies import in_force
from lms.web.errors import message, show_on
from lms.web.lists import Page, here, page_url

bp = Blueprint("appeals", __name__, url_prefix="/appeals")
STATES = {
    "pending": _l("Appeal pending"),
    "upheld": _l("Appeal upheld"),
    "declined": _l("Appeal declined"),
}
TONES = {"pending": "held", "upheld": "ok", "declined": "none"}


@bp.get("")
@access.signed_in
def index() -> ResponseReturnValue:
    """One's own appeals, and for those who decide what waits for them."""
    who, asked = viewer(), request.args
    deciding = list(kinds().values()) if ADMIN in who.roles else decided_by(who)
    wanted = asked.get("show", "")
    which = wanted if deciding and wanted in queries.LISTS else queries.MINE
    if deciding and not wanted:
        which = queries.PENDING
    number = min(max(1, asked.get("page", 1, type=int)), 10_000)
    kind = asked.get("kind", "") if asked.get("kind") in kinds() else ""
    shown, total = queries.page_of(db.session(), who, which, kind, number)
    return render_template(
        "appeals/index.html", which=which, deciding=deciding, kind=kind, kinds=kinds(),
        page=Page(shown, number, max(1, -(-total // queries.PAGE_SIZE)), total),
        late_after=in_force(db.session(), APPEALS)["days_to_decide"], now_at=now(),
        states=STATES, tones=TONES, here=here, page_url=page_url,
    )  # fmt: skip


@bp.route("/new/<kind>/<int:subject_id>", methods=["GET", "POST"])
@access.signed_in
def new(kind: str, subject_id: int) -> ResponseReturnValue:
    """The person's own appeal against an outcome of theirs."""
    session, me, form = db.session(), viewer().person_id, ReasonForm()
    appealable = services.kind_named(kind)
    subject = services.subject_of(session, appealable, subject_id)
    if subject.person_id != me:
        abort(404)
    if subject.final_at is None:
        abort(404)
    about = services.standing(
        session, kind, subject_id, me,
        final_at=subject.final_at, renewed_at=subject.renewed_at, now=now(),
    )  # fmt: skip
    if about.appeal is not None:
        return redirect(url_for(".show", appeal_id=about.appeal.id), 303)
    if form.validate_on_submit():
        try:
            services.file(session, kind, subject_id, form.reason.data, person_id=me, now=now())
        except DomainError as error:
            show_on(form, error)
        else:
            session.commit()
            flash(_("Your appeal is filed. You are told of the decision."), "success")
            return redirect(subject.url, 303)
    page = render_template("appeals/new.html", form=form, subject=subject, about=about)
    return page, 400 if form.is_submitted() else 200


@bp.route("/<int:appeal_id>", methods=["GET", "POST"])
@access.signed_in
def show(appeal_id: int) -> ResponseReturnValue:
    """For the one who appeals, to read; for those who decide, to decide."""
    session, me, form = db.session(), viewer().person_id, ReasonForm()
    appeal = queries.one(session, appeal_id)
    is_mine, may_decide = appeal.person_id == me, _decides(appeal)
    if not is_mine and not may_decide:
        abort(404)
    if request.method == "POST" and not may_decide:
        abort(403)
    if form.validate_on_submit():
        upheld = request.form.get("decision") == "uphold"
        try:
            go_on = services.decide(
                session, appeal_id, upheld=upheld, reason=form.reason.data,
                actor=Actor(me), now=now(),
            )  # fmt: skip
        except DomainError as error:
            show_on(form, error)
            appeal = queries.one(session, appeal_id)
        else:
            session.commit()
            flash(_("Decided; the person is told."), "success")
            if not _is_entitled(appeal):  # what follows is for those who are
                go_on = url_for(".show", appeal_id=appeal_id)
            return redirect(go_on or url_for(".index"), 303)
    page = render_template(
        "appeals/appeal.html", appeal=appeal, form=form, is_mine=is_mine, may_decide=may_decide,
        is_involved=may_decide and _is_involved(appeal), kind=kinds().get(appeal.kind),
        stands_in=may_decide and not _is_entitled(appeal),
        waits=naming.waits(session, appeal), rater_form=_rater_form(appeal),
        states=STATES, tones=TONES,
    )  # fmt: skip
    return page, 400 if form.is_submitted() else 200


@bp.post("/<int:appeal_id>/rater")
@access.requires("roles.manage")
def name_rater(appeal_id: int) -> ResponseReturnValue:
    """Where nobody is left who may score anew, an admin names somebody."""
    session, form = db.session(), RaterForm()
    appeal = queries.one(session, appeal_id)
    if not _decides(appeal):
        abort(404)
    try:
        named = naming.name(
            session, appeal, form.rater.data or "", actor=Actor(viewer().person_id), now=now()
        )
    except DomainError as error:
        session.rollback()
        flash(message(error), "error")
    else:
        session.commit()
        flash(
            _("%(name)s is a quality specialist now, and has been told.", name=named.name),
            "success",
        )
    return redirect(url_for(".show", appeal_id=appeal_id), 303)


def _rater_form(appeal: Appeal) -> RaterForm | None:
    may_name = viewer().may("roles.manage") and _decides(appeal)
    return RaterForm() if may_name and naming.nobody_is_left(db.session(), appeal) else None


def _decides(appeal: Appeal) -> bool:
    who = viewer()
    if appeal.kind not in kinds() or appeal.person_id == who.person_id:
        return False
    if _is_entitled(appeal) or appeal.decided_by == who.person_id:
        return True
    return is_left_to(db.session(), who, appeal)


def _is_entitled(appeal: Appeal) -> bool:
    """By the viewer's roles, and not as an admin who decides because nobody else may."""
    needed = "appeals.decide", kinds()[appeal.kind].permission
    return all(viewer().covers(permission, appeal.person) for permission in needed)


def _is_involved(appeal: Appeal) -> bool:
    """Whether the viewer took part in what a pending appeal is about."""
    if appeal.state != AppealState.PENDING:
        return False
    appealable = services.kind_named(appeal.kind)
    found = services.subject_of(db.session(), appealable, appeal.subject_id)
    return viewer().person_id in found.involved
