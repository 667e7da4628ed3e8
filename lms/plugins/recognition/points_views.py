"""The ledger of team points: reading it, praise, other points, counter-entries."""

import secrets
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms.plugins.api import (
    PER_PAGE,
    DomainError,
    Person,
    Scope,
    Team,
    access,
    db,
    download,
    here,
    now,
    page_url,
    pick,
    policies,
    show_on,
    viewer,
)
from lms.plugins.recognition import ledger, words
from lms.plugins.recognition.access import APPROVE, POINTS, PRAISE
from lms.plugins.recognition.blueprint import actor, bp, me
from lms.plugins.recognition.forms import PointsForm, PraiseForm, ReasonForm
from lms.plugins.recognition.models import Entry
from lms.plugins.recognition.policy import AWARDS


@bp.get("/points")
@access.signed_in
def points() -> ResponseReturnValue:
    """The viewer's own teams; all of them for those who see everybody's praise."""
    listed = ledger.entries(_teams_seen())
    if kind := request.args.get("format"):
        if not viewer().may(PRAISE, Scope.TEAM):
            abort(403)
        return download(_("team-points"), _headers(), map(_line, db.session.scalars(listed)), kind)
    found = db.paginate(listed, per_page=PER_PAGE, error_out=False, count=True)
    countered = ledger.countered(db.session(), [entry.id for entry in found.items])
    return render_template(
        "recognition/points.html", found=found, countered=countered, words=words,
        page_url=page_url, here=here, sees=_sees_name, reason=_reason, me=me(),
    )  # fmt: skip


def _teams_seen() -> list[int] | None:
    who = viewer()
    if who.may(PRAISE, Scope.ALL):
        return None
    own = me().team_id
    return sorted(who.team_ids | {own}) if own is not None else sorted(who.team_ids)


def _sees_name(entry: Entry) -> bool:
    """Whose praise it is reads the person themselves, and who may enter praise for them; who has
    which qualification only those who decide on it, and who supervises the person."""
    who, person = viewer(), entry.person
    if person is None or person.id == who.person_id:
        return person is not None
    if entry.is_qualification:
        return who.covers(APPROVE, person) or (
            who.may(PRAISE, Scope.TEAM) and person.team_id in who.team_ids
        )
    return who.covers(PRAISE, person)


def _reason(entry: Entry) -> str:
    """What a qualification is called tells others in the team whose it is."""
    return "" if entry.is_qualification and not _sees_name(entry) else entry.reason


def _headers() -> list[str]:
    return [_("Entered on"), _("Team"), _("Points"), _("Kind"), _("Reason"), _("Staff number"),
            _("Name")]  # fmt: skip


def _line(entry: Entry) -> list[Any]:
    named = entry.person if _sees_name(entry) else None
    return [
        entry.entered_at.date().isoformat(), entry.team.name, entry.points,
        pick(words.KINDS[entry.kind]), _reason(entry),
        named.staff_no if named else "", named.name if named else "",
    ]  # fmt: skip


@bp.route("/points/praise", methods=["GET", "POST"])
@access.requires(PRAISE)
def praise() -> ResponseReturnValue:
    form = PraiseForm()
    if not form.key.data:
        form.key.data = secrets.token_hex(8)
    if form.validate_on_submit():
        try:
            person = access.require(PRAISE, _by_staff_no(form.person.data))
            ledger.praise(
                db.session(), f"praise:{form.key.data}", person, form.reason.data,
                actor=actor(), now=now(),
            )  # fmt: skip
            db.session.commit()
        except DomainError as error:
            show_on(form, error)
        else:
            flash(_("Entered; %(name)s has been told.", name=person.name), "success")
            return redirect(url_for(".points"), 303)
    worth = policies.in_force(db.session(), AWARDS)["praise_points"]
    page = render_template("recognition/praise.html", form=form, worth=worth)
    return page, 400 if form.errors else 200


def _by_staff_no(typed: str) -> Person:
    found = db.session.scalar(select(Person).where(Person.staff_no == typed.strip()))
    # Of another team: as unknown here as nobody.
    if found is None or found.left_on is not None or not viewer().covers(PRAISE, found):
        raise DomainError("There is nobody with this staff number in your scope.", field="person")
    return found


@bp.route("/points/new", methods=["GET", "POST"])
@access.requires(POINTS)
def give() -> ResponseReturnValue:
    teams = db.session.execute(select(Team.id, Team.name).order_by(Team.name)).all()
    form = PointsForm([(team_id, name) for team_id, name in teams])
    if not form.key.data:
        form.key.data = secrets.token_hex(8)
    if form.validate_on_submit():
        try:
            ledger.give(
                db.session(), f"form:{form.key.data}", form.team_id.data, form.points.data,
                form.reason.data, actor=actor(), now=now(),
            )  # fmt: skip
            db.session.commit()
        except DomainError as error:
            show_on(form, error)
        else:
            flash(_("Entered."), "success")
            return redirect(url_for(".points"), 303)
    return render_template("recognition/give.html", form=form), 400 if form.errors else 200


@bp.route("/points/<int:entry_id>/counter", methods=["GET", "POST"])
@access.requires(POINTS)
def counter(entry_id: int) -> ResponseReturnValue:
    entry, form = db.session.get(Entry, entry_id), ReasonForm()
    if entry is None:
        abort(404)
    if form.validate_on_submit():
        try:
            ledger.counter(db.session(), entry_id, form.reason.data, actor=actor(), now=now())
            db.session.commit()
        except DomainError as error:
            show_on(form, error)
        else:
            flash(_("Countered; both entries stay in the ledger."), "success")
            return redirect(url_for(".points"), 303)
    page = render_template(
        "recognition/counter.html", form=form, entry=entry, reason=_reason(entry), words=words
    )
    return page, 400 if form.errors else 200
