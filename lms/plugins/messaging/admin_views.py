"""The admin's pages: how the channels are, and the log of what was sent."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    PER_PAGE,
    TRIES,
    Actor,
    Conflict,
    access,
    db,
    error_message,
    here,
    now,
    page_url,
    viewer,
)
from lms.plugins.messaging import addresses, admin, words
from lms.plugins.messaging.known import known, one
from lms.plugins.messaging.models import Address, Delivery, DeliveryState

bp = Blueprint(
    "messaging_admin", __name__, url_prefix="/messaging/admin", template_folder="templates"
)


@bp.get("")
@access.requires("messaging.manage")
def channels() -> ResponseReturnValue:
    session = db.session()
    own = {found.channel for found in addresses.of_person(session, viewer().person_id)}
    rows = admin.overview(session, list(known(session).values()))
    return render_template("messaging/channels.html", rows=rows, own=own)


@bp.post("/channels/<channel>/test")
@access.requires("messaging.manage")
def test(channel: str) -> ResponseReturnValue:
    session, who = db.session(), viewer().person_id
    try:
        admin.send_test(session, one(session, channel), who, actor=Actor(who), now=now())
    except Conflict as error:
        session.rollback()
        flash(error_message(error), "error")
        return redirect(url_for(".channels"), 303)
    session.commit()
    flash(
        _("The test goes out within seconds; reload this page to see what became of it."), "success"
    )
    return redirect(url_for(".deliveries"), 303)


@bp.get("/deliveries")
@access.requires("messaging.manage")
def deliveries() -> ResponseReturnValue:
    state, channel = request.args.get("state", ""), request.args.get("channel", "")
    names = known(db.session())
    wanted = select(Delivery).options(
        joinedload(Delivery.person), joinedload(Delivery.address).joinedload(Address.team)
    )
    if state in set(DeliveryState):
        wanted = wanted.where(Delivery.state == state)
    if channel in names:
        wanted = wanted.where(Delivery.channel == channel)
    page = db.paginate(wanted.order_by(Delivery.id.desc()), per_page=PER_PAGE, error_out=False)
    return render_template(
        "messaging/deliveries.html", page=page, state=state, channel=channel, words=words,
        channels=names, tries=TRIES, here=here, page_url=page_url,
    )  # fmt: skip


@bp.post("/deliveries/<int:delivery_id>/again")
@access.requires("messaging.manage")
def send_again(delivery_id: int) -> ResponseReturnValue:
    session, actor = db.session(), Actor(viewer().person_id)
    try:
        admin.send_again(session, delivery_id, actor=actor, now=now())
    except Conflict as error:
        session.rollback()
        flash(error_message(error), "error")
        return redirect(url_for(".deliveries"), 303)
    session.commit()
    flash(_("It goes out again within seconds."), "success")
    return redirect(url_for(".deliveries"), 303)
