"""The directory and a person's page, for those who look after people."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms import access, audit
from lms.access import viewer
from lms.clock import local_date, now
from lms.courses.onboarding import assign_onboarding
from lms.db import db
from lms.errors import DomainError
from lms.people import accounts, clearance, directory, roles, services
from lms.people.blueprint import bp
from lms.people.email import check_email
from lms.people.forms import OverrideForm, PersonForm, RevokeForm
from lms.people.models import Channel, Employment, Level, Person, Team
from lms.people.organisation import zone
from lms.people.person_page import person_page
from lms.web.addresses import public_url
from lms.web.errors import message, show_on
from lms.web.layout import day
from lms.web.lists import here, page_url


def _actor() -> audit.Actor:
    return audit.Actor(viewer().person_id)


def _find(person_id: int, permission: str) -> Person:
    found = select(Person).where(Person.id == person_id).options(joinedload(Person.team))
    return access.require(permission, db.session.scalar(found))


@bp.get("/people")
@access.requires("people.view")
def index() -> ResponseReturnValue:
    scope = viewer().clause("people.view")
    state = request.args.get("state", "all")
    team_id = request.args.get("team", type=int)
    text = request.args.get("q", "")[:100]
    found = directory.listing(
        db.session(),
        scope,
        local_date(now(), zone()),
        text=text,
        team_id=team_id,
        state=state,
        page=max(1, request.args.get("page", 1, type=int)),
    )
    return render_template(
        "people/index.html",
        found=found,
        teams=directory.teams(db.session(), scope),
        team_id=team_id,
        state=state if state in directory.STATES else "all",
        q=text,
        today=local_date(now(), zone()),
        here=here,
        page_url=page_url,
        every_channel=tuple(Channel),
    )


@bp.route("/people/new", methods=["GET", "POST"])
@access.requires("people.manage")
def add() -> ResponseReturnValue:
    form = PersonForm()
    if request.method == "GET":
        form.hired_on.data = local_date(now(), zone())
    if form.validate_on_submit():
        try:
            person, token = _add(form)
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            # Shown once on the next page; the cookie is HR's own.
            session["activation"] = [person.id, token]
            flash(_("%(name)s was added.", name=person.name), "success")
            return redirect(url_for("people.person", person_id=person.id), 303)
    teams = db.session.scalars(select(Team.name).order_by(Team.name)).all()
    return render_template("people/add.html", form=form, teams=teams)


def _add(form: PersonForm) -> tuple[Person, str]:
    new = services.NewPerson(
        staff_no=form.staff_no.data,
        name=form.name.data.strip(),
        team=(form.team.data or "").strip() or None,
        level=Level(form.level.data),
        channel=Channel(form.channel.data),
        employment=Employment(form.employment.data),
        hired_on=form.hired_on.data,
        email=check_email(form.email.data) if form.email.data else None,
    )
    person = services.add_person(db.session(), new, actor=_actor(), now=now())
    assign_onboarding(db.session(), person, actor=_actor(), now=now())
    token = accounts.invite(db.session(), person, actor=_actor(), now=now())
    return person, token


@bp.get("/people/<int:person_id>")
@access.requires("people.view")
def person(person_id: int) -> ResponseReturnValue:
    found = _find(person_id, "people.view")
    activation = ""
    if session.get("activation", [None])[0] == found.id:
        token = session.pop("activation")[1]
        activation = public_url("auth.activate", token=token)
    return person_page(found, now(), activation=activation)


@bp.post("/people/<int:person_id>/override")
@access.requires("clearance.override")
def override(person_id: int) -> ResponseReturnValue:
    found, form = _find(person_id, "clearance.override"), OverrideForm()
    if form.validate_on_submit():
        try:
            clearance.override_clearance(
                db.session(),
                found,
                today=local_date(now(), zone()),
                until=form.until.data,
                channels=form.channels.data,
                reason=form.reason.data,
                actor=_actor(),
                now=now(),
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Cleared until %(day)s.", day=day(form.until.data)), "success")
            return redirect(url_for("people.person", person_id=person_id), 303)
    return person_page(_find(person_id, "people.view"), now(), override=form), 400


@bp.post("/people/<int:person_id>/revoke")
@access.requires("clearance.override")
def revoke(person_id: int) -> ResponseReturnValue:
    found, form = _find(person_id, "clearance.override"), RevokeForm()
    if form.validate_on_submit():
        try:
            clearance.revoke_clearance(
                db.session(),
                found,
                today=local_date(now(), zone()),
                channels=form.channels.data,
                reason=form.reason.data,
                actor=_actor(),
                now=now(),
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("The clearance is revoked."), "success")
            return redirect(url_for("people.person", person_id=person_id), 303)
    return person_page(_find(person_id, "people.view"), now(), revoke=form), 400


@bp.post("/people/<int:person_id>/onboarding")
@access.requires("people.manage")
def assign(person_id: int) -> ResponseReturnValue:
    found = _find(person_id, "people.manage")
    today = local_date(now(), zone())
    given = assign_onboarding(db.session(), found, actor=_actor(), now=now(), starts_on=today)
    db.session.commit()
    if given is None:
        flash(_("No onboarding was assigned: the person is cleared, or needs none."), "warning")
    else:
        flash(_("Onboarding assigned, starting today."), "success")
    return redirect(url_for("people.person", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/invite")
@access.requires("people.manage")
def invite(person_id: int) -> ResponseReturnValue:
    found = _find(person_id, "people.manage")
    token = accounts.invite(db.session(), found, actor=_actor(), now=now())
    db.session.commit()
    session["activation"] = [found.id, token]
    return redirect(url_for("people.person", person_id=person_id), 303)


@bp.post("/people/<int:person_id>/roles")
@access.requires("roles.manage")
def set_roles(person_id: int) -> ResponseReturnValue:
    found = _find(person_id, "roles.manage")
    chosen = request.form.getlist("roles")
    team_id = request.form.get("team_id", type=int)
    try:
        changed = roles.set_roles(
            db.session(), found, chosen, team_id=team_id, actor=_actor(), now=now()
        )
    except DomainError as error:
        db.session.rollback()
        found = _find(person_id, "people.view")
        return person_page(found, now(), role_error=message(error)), 400
    db.session.commit()
    flash(_("Roles saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("people.person", person_id=person_id), 303)
