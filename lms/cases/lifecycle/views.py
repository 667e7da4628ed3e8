"""Looking after cases: for their owner and for those who hold `cases.author`."""

from collections.abc import Sequence
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from wtforms import SelectChoice

from lms import access
from lms.access import viewer
from lms.cases import queries
from lms.cases.blueprint import actor, bp
from lms.cases.duplicates import merging
from lms.cases.lifecycle import archiving, due, keeping, policy
from lms.cases.lifecycle.forms import KeepingForm
from lms.cases.models import Case, CaseVersion
from lms.clock import local_date, now
from lms.db import db
from lms.errors import Conflict, DomainError, NotFound
from lms.people.organisation import zone
from lms.web.errors import message, show_on
from lms.web.lists import Page, here, page_url


@bp.get("/cases/upkeep")
@access.requires("cases.author")
def upkeep() -> ResponseReturnValue:
    session, today = db.session(), local_date(now(), zone())
    show, order = request.args.get("show", "due"), request.args.get("order", "lowest")
    number = min(max(1, request.args.get("page", 1, type=int)), 10_000)
    rows: Sequence[CaseVersion | queries.CaseScore]
    if show == "archived":
        rows, total = due.archived(session, number)
    elif show == "scores":
        rows, total = queries.scores_by_case(session, order, number, due.PAGE_SIZE)
    else:
        until = policy.listed_until(session, today)
        mine = viewer().person_id if show == "mine" else None
        rows, total = due.due(session, until, number, mine)
    page = Page(rows, number, max(1, -(-total // due.PAGE_SIZE)), total)
    return render_template(
        "cases/upkeep.html",
        page=page,
        show=show,
        order=order,
        today=today,
        here=here,
        page_url=page_url,
    )


@bp.route("/cases/<int:case_id>/keeping", methods=["GET", "POST"])
@access.signed_in
def keep(case_id: int) -> ResponseReturnValue:
    case = _kept_by_viewer(case_id)
    version = archiving.in_force(db.session(), case_id)
    form = KeepingForm(obj=case)
    people = keeping.authors(db.session())
    names = {person.id: person for person in (case.owner, case.reviewer, *people) if person}
    choices = [SelectChoice(person.id, person.name) for person in names.values()]
    form.owner_id.choices = form.reviewer_id.choices = [SelectChoice("", _("Nobody")), *choices]
    if form.validate_on_submit():
        asked = (form.owner_id.data, form.reviewer_id.data, form.review_by.data)
        try:
            keeping.change(db.session(), case_id, *asked, actor=actor(), now=now())
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(_page_of(case_id), 303)
    merged = merging.merged_into(db.session(), case_id)
    page = render_template(
        "cases/keeping.html", form=form, case=case, version=version, merged=merged
    )
    return page, 400 if form.errors else 200


@bp.post("/cases/<int:case_id>/still-holds")
@access.signed_in
def still_holds(case_id: int) -> ResponseReturnValue:
    _kept_by_viewer(case_id)
    seen = _day(request.form.get("seen", ""))
    keeping.still_holds(db.session(), case_id, seen, actor=actor(), now=now())
    db.session.commit()
    flash(_("Noted: it is looked at again later."), "success")
    is_list = request.form.get("next") == "list"
    return redirect(url_for("cases.upkeep") if is_list else _page_of(case_id), 303)


@bp.post("/cases/<int:case_id>/archive")
@access.requires("cases.author")
def archive(case_id: int) -> ResponseReturnValue:
    """Take the case out of the library, or put it back."""
    session, who, target = db.session(), actor(), _page_of(case_id)
    try:
        if request.form.get("do") == "restore":
            archiving.restore(session, case_id, actor=who, now=now())
            flash(_("The case is in the library again."), "success")
        else:
            reason = request.form.get("reason", "")
            archiving.archive(session, case_id, reason, actor=who, now=now())
            flash(_("Archived: it is not found in the library any more."), "success")
        session.commit()
    except (Conflict, DomainError) as error:
        if not isinstance(error, Conflict) and error.field is None:
            raise
        session.rollback()
        flash(message(error), "error")
        target = url_for("cases.keep", case_id=case_id)
    return redirect(target, 303)


def _kept_by_viewer(case_id: int) -> Case:
    people = (joinedload(Case.owner), joinedload(Case.reviewer), joinedload(Case.archived_by))
    case = db.session.get(Case, case_id, options=people)
    if case is None:
        raise NotFound("There is no such case.")
    if not viewer().may("cases.author") and case.owner_id != viewer().person_id:
        abort(403)
    return case


def _page_of(case_id: int) -> str:
    return url_for("cases.case", case_id=case_id, stay=1)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
