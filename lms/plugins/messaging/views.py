"""One's own page: where notices are sent, and which."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import (
    Actor,
    AddressKind,
    Conflict,
    DomainError,
    access,
    db,
    error_message,
    limiter,
    notice_kinds,
    now,
    show_on,
    viewer,
)
from lms.plugins.messaging import addresses, teams, tokens, words
from lms.plugins.messaging import preferences as choices
from lms.plugins.messaging.forms import AddressForm
from lms.plugins.messaging.known import known, one

bp = Blueprint("messaging", __name__, url_prefix="/messaging", template_folder="templates")


@bp.app_template_filter()
def shown_address(address: str, is_secret: bool) -> str:
    """Of a webhook so much that its owner knows it again: the rest opens somebody's chat."""
    host = address.partition("://")[2].partition("/")[0]
    return f"{host} … {address[-4:]}" if is_secret else address


@bp.get("")
@access.signed_in
def preferences() -> ResponseReturnValue:
    return _page()


def _page(form: AddressForm | None = None, of: str = "") -> str:
    session, who = db.session(), viewer()
    mine = teams.of_supervisor(session, who)
    held = {found.channel: found for found in addresses.of_person(session, who.person_id)}
    channels = [to for to in known(session).values() if to.name in held or not to.problem]
    used = [to.name for to in channels if to.name in held]
    kinds = notice_kinds()
    return render_template(
        "messaging/preferences.html",
        channels=channels,
        held=held,
        used=[to for to in channels if to.name in held],
        kinds=kinds,
        on=choices.chosen(session, who.person_id, kinds, used) if used else set(),
        is_supervisor=access.SUPERVISOR in who.roles,
        rhythm=choices.rhythm(session, who.person_id),
        rhythms=words.RHYTHMS,
        teams=mine,
        form=form or AddressForm(formdata=None),
        form_of=of,
        kind=AddressKind,
    )


@bp.post("")
@access.signed_in
def save() -> ResponseReturnValue:
    session, who, kinds = db.session(), viewer(), notice_kinds()
    used = [found.channel for found in addresses.of_person(session, who.person_id)]
    ticked = {(kind, name) for kind in kinds for name in used if f"{kind}:{name}" in request.form}
    choices.save(session, who.person_id, ticked, kinds, used)
    if access.SUPERVISOR in who.roles and "rhythm" in request.form:
        choices.save_rhythm(session, who.person_id, request.form["rhythm"], now())
    session.commit()
    flash(_("Your choice is stored."), "success")
    return redirect(url_for(".preferences"), 303)


@bp.post("/addresses/<channel>")
@limiter.limit("20 per hour")
@access.signed_in
def add_address(channel: str) -> ResponseReturnValue:
    form, who, session = AddressForm(), viewer(), db.session()
    to = one(session, channel)
    if not form.validate_on_submit():
        return _page(form, channel)
    actor = Actor(who.person_id)
    try:
        added = addresses.add(session, who.person_id, to, form.address.data, actor=actor, now=now())
    except DomainError as error:
        session.rollback()
        show_on(form, error)
        return _page(form, channel)
    session.commit()
    flash(
        _("It is used from now on.") if added.confirmed_at
        else _("A link is on its way to %(address)s. Open it to confirm.", address=added.address),
        "success",
    )  # fmt: skip
    return redirect(url_for(".preferences"), 303)


@bp.post("/addresses/<int:address_id>/remove")
@access.signed_in
def remove_address(address_id: int) -> ResponseReturnValue:
    person_id = viewer().person_id
    addresses.remove(db.session(), person_id, address_id, actor=Actor(person_id), now=now())
    db.session.commit()
    flash(_("Nothing is sent there any more."), "success")
    return redirect(url_for(".preferences"), 303)


@bp.post("/addresses/<int:address_id>/link")
@limiter.limit("20 per hour")
@access.signed_in
def send_link(address_id: int) -> ResponseReturnValue:
    try:
        addresses.send_link_again(db.session(), viewer().person_id, address_id, now())
    except Conflict as error:
        db.session.rollback()
        flash(error_message(error), "error")
        return redirect(url_for(".preferences"), 303)
    db.session.commit()
    flash(_("A new link is on its way."), "success")
    return redirect(url_for(".preferences"), 303)


@bp.get("/confirm/<token>")
@access.public
def confirm(token: str) -> ResponseReturnValue:
    """Opening the link changes nothing: mail servers open links as well. The button does."""
    try:
        tokens.read(current_app.secret_key, token, now())
    except DomainError as error:
        return render_template("messaging/confirm.html", problem=error_message(error)), 404
    return render_template("messaging/confirm.html", token=token)


@bp.post("/confirm/<token>")
@limiter.limit("30 per minute")
@access.public
def confirm_now(token: str) -> ResponseReturnValue:
    session = db.session()
    try:
        address_id = tokens.read(current_app.secret_key, token, now())
        found = addresses.confirm(session, address_id, now=now())
    except DomainError as error:
        session.rollback()
        return render_template("messaging/confirm.html", problem=error_message(error)), 404
    session.commit()
    return render_template("messaging/confirm.html", confirmed=found.address)
