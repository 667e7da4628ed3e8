"""The plan on screen: a year, a month, an entry."""

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms.plugins.api import (
    Actor,
    DomainError,
    Month,
    Person,
    ProgrammeKind,
    RoleAssignment,
    access,
    db,
    download,
    error_message,
    local_date,
    now,
    show_on,
    viewer,
    zone,
)
from lms.plugins.planning import board, services, words
from lms.plugins.planning.forms import CopyForm, EntryForm
from lms.plugins.planning.models import PlanEntry
from lms.plugins.planning.starter import starter_plan

bp = Blueprint(
    "planning",
    __name__,
    url_prefix="/plan",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
_PLANNED = (ProgrammeKind.TOPIC, ProgrammeKind.TRACK)
_RESPONSIBLE = (access.TRAINER, access.TRAINING_MANAGER, access.SUPERVISOR, access.QUALITY)


@bp.get("")
@access.requires("planning.view")
def year() -> ResponseReturnValue:
    present = _present()
    asked = request.args.get("year", present.year, type=int)
    if not 2000 <= asked <= 2100:
        abort(404)
    found = board.year_of_plan(db.session(), asked, present, now())
    if kind := request.args.get("format"):
        return download(
            f"training-plan-{asked}", board.headers(), board.lines(found), kind, names_nobody=True
        )
    return render_template("planning/year.html", found=found, words=words)


@bp.route("/new", methods=["GET", "POST"])
@access.requires("planning.edit")
def add() -> ResponseReturnValue:
    form = EntryForm(_choices())
    if request.method == "GET":
        form.key.data = secrets.token_hex(8)
        form.month.data = str(_asked_month())
    if form.validate_on_submit():
        try:
            entry = services.add(
                db.session(), f"form:{form.key.data}", form.read(), actor=_actor(), now=now()
            )
            db.session.commit()
        except DomainError as error:
            show_on(form, error)
        else:
            flash(_("Planned."), "success")
            return _to_month(entry.month)
    return render_template("planning/entry.html", form=form, entry=None, words=words)


@bp.route("/<int:entry_id>", methods=["GET", "POST"])
@access.requires("planning.view")
def entry(entry_id: int) -> ResponseReturnValue:
    found = services.one(db.session(), entry_id)
    if not viewer().may("planning.edit"):
        return _entry_page(found, None, 200 if request.method == "GET" else 403)
    form = EntryForm(_choices())
    if request.method == "GET":
        form.show(found)
        return _entry_page(found, form)
    if form.validate_on_submit():
        try:
            services.change(db.session(), found, form.read(), actor=_actor(), now=now())
            db.session.commit()
        except DomainError as error:
            show_on(form, error)
        else:
            flash(_("Saved."), "success")
            return _to_month(found.month)
    return _entry_page(found, form, 400)


def _entry_page(found: PlanEntry, form: EntryForm | None, code: int = 200) -> ResponseReturnValue:
    row = board.row_of(db.session(), found, now())
    copy = CopyForm(formdata=None, to=str(found.month.plus(12)))
    page = render_template(
        "planning/entry.html", form=form, entry=found, row=row, copy=copy, words=words
    )
    return page, code


@bp.post("/<int:entry_id>/copy")
@access.requires("planning.edit")
def copy_entry(entry_id: int) -> ResponseReturnValue:
    found, form = services.one(db.session(), entry_id), CopyForm()
    if not form.validate_on_submit():
        flash(_("Choose the month to copy to."), "error")
        return redirect(url_for("planning.entry", entry_id=entry_id), 303)
    made = services.copy(db.session(), found, form.month(), actor=_actor(), now=now())
    db.session.commit()
    flash(_("Copied to %(month)s.", month=made.month), "success")
    return redirect(url_for("planning.entry", entry_id=made.id), 303)


@bp.post("/months/<month>/copy")
@access.requires("planning.edit")
def copy_month(month: str) -> ResponseReturnValue:
    """The whole month; the form says where to."""
    first, form = _month(month), CopyForm()
    if not form.validate_on_submit():
        flash(_("Choose the month to copy to."), "error")
        return _to_month(first)
    return _copied(first, first, form.month().index - first.index, form.month())


@bp.post("/years/<int:year>/start")
@access.requires("planning.edit")
def start_year(year: int) -> ResponseReturnValue:
    """An empty year begins from the one before, or from the starter set."""
    if not 2000 <= year <= 2100:
        abort(404)
    first = Month(year * 12)
    if "earlier" in request.form:
        return _copied(first.plus(-12), first.plus(-1), 12, first)
    plan = starter_plan(db.session(), year)
    services.start_year(db.session(), year, plan, actor=_actor(), now=now())
    db.session.commit()
    flash(_("The year is planned. Look through it and change what does not fit."), "success")
    return redirect(url_for("planning.year", year=year), 303)


def _copied(first: Month, last: Month, by: int, to: Month) -> ResponseReturnValue:
    try:
        count = services.copy_months(db.session(), first, last, by, actor=_actor(), now=now())
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        flash(error_message(error), "error")
    else:
        flash(_("Copied: %(n)s.", n=count), "success")
    return _to_month(to)


def _choices() -> dict[str, list[tuple[int, str]]]:
    people = db.session.execute(
        select(Person.id, Person.name)
        .where(
            Person.left_on.is_(None),
            Person.id.in_(
                select(RoleAssignment.person_id).where(RoleAssignment.role.in_(_RESPONSIBLE))
            ),
        )
        .order_by(Person.staff_no)
    )
    return {
        "programme_id": list(board.titles(db.session(), _PLANNED).items()),
        "responsible_id": [(number, name) for number, name in people],
    }


def _present() -> Month:
    return Month.of(local_date(now(), zone()))


def _asked_month() -> Month:
    return _month(request.args.get("month", str(_present())))


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        abort(404)


def _to_month(month: Month) -> ResponseReturnValue:
    return redirect(url_for("planning.year", year=month.year, _anchor=f"m{month}"), 303)


def _actor() -> Actor:
    return Actor(viewer().person_id)
