"""The admin's pages: tokens and endpoints, and the log of what was delivered."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.plugins.api import (
    PER_PAGE,
    TRIES,
    Actor,
    DomainError,
    TokenForm,
    access,
    db,
    here,
    now,
    page_url,
    show_on,
    tokens,
    viewer,
)
from lms.plugins.duty import endpoints, words
from lms.plugins.duty.forms import EndpointForm
from lms.plugins.duty.models import Delivery, DeliveryState

bp = Blueprint("duty", __name__, url_prefix="/duty", template_folder="templates")


@bp.get("")
@access.requires("duty.manage")
def index() -> ResponseReturnValue:
    return _index(TokenForm(formdata=None), EndpointForm(formdata=None))


def _index(token_form: TokenForm, endpoint_form: EndpointForm) -> ResponseReturnValue:
    return render_template(
        "duty/index.html", token_form=token_form, endpoint_form=endpoint_form,
        tokens=tokens.in_use(db.session(), words.PURPOSE), endpoints=endpoints.in_use(db.session()),
        # Shown once, on the page after the form; the cookie is the admin's own. Taking out what is
        # not there would send a cookie too, and a double click lose what the first click made.
        fresh=session.pop("duty_fresh") if "duty_fresh" in session else None,
    )  # fmt: skip


@bp.post("/tokens")
@access.requires("duty.manage")
def create_token() -> ResponseReturnValue:
    form = TokenForm()
    if form.validate_on_submit():
        try:
            made = tokens.create(
                db.session(), words.PURPOSE, form.name.data, actor=_actor(), now=now()
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            session["duty_fresh"] = ["token", form.name.data, made]
            return redirect(url_for(".index"), 303)
    return _index(form, EndpointForm(formdata=None))


@bp.post("/tokens/<int:token_id>/revoke")
@access.requires("duty.manage")
def revoke_token(token_id: int) -> ResponseReturnValue:
    token = tokens.revoke(db.session(), words.PURPOSE, token_id, actor=_actor(), now=now())
    db.session.commit()
    flash(_("“%(name)s” opens nothing any more.", name=token.name), "success")
    return redirect(url_for(".index"), 303)


@bp.post("/endpoints")
@access.requires("duty.manage")
def add_endpoint() -> ResponseReturnValue:
    form = EndpointForm()
    if form.validate_on_submit():
        try:
            secret = endpoints.add(db.session(), form.url.data, actor=_actor(), now=now())
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            session["duty_fresh"] = ["secret", form.url.data, secret]
            return redirect(url_for(".index"), 303)
    return _index(TokenForm(formdata=None), form)


@bp.post("/endpoints/<int:endpoint_id>/remove")
@access.requires("duty.manage")
def remove_endpoint(endpoint_id: int) -> ResponseReturnValue:
    endpoints.remove(db.session(), endpoint_id, actor=_actor(), now=now())
    db.session.commit()
    flash(_("It is told nothing more."), "success")
    return redirect(url_for(".index"), 303)


@bp.post("/endpoints/<int:endpoint_id>/test")
@access.requires("duty.manage")
def test_endpoint(endpoint_id: int) -> ResponseReturnValue:
    endpoints.test(db.session(), endpoint_id, actor=_actor(), now=now())
    db.session.commit()
    flash(_("The test goes out within seconds; reload this page for the answer."), "success")
    return redirect(url_for(".deliveries"), 303)


@bp.get("/deliveries")
@access.requires("duty.manage")
def deliveries() -> ResponseReturnValue:
    state = request.args.get("state", "")
    wanted = select(Delivery).options(joinedload(Delivery.endpoint), joinedload(Delivery.person))
    if state in set(DeliveryState):
        wanted = wanted.where(Delivery.state == state)
    page = db.paginate(wanted.order_by(Delivery.id.desc()), per_page=PER_PAGE, error_out=False)
    return render_template(
        "duty/deliveries.html", page=page, state=state, words=words, tries=TRIES, here=here,
        page_url=page_url,
    )  # fmt: skip


@bp.post("/deliveries/<int:delivery_id>/again")
@access.requires("duty.manage")
def send_again(delivery_id: int) -> ResponseReturnValue:
    endpoints.send_again(db.session(), delivery_id, actor=_actor(), now=now())
    db.session.commit()
    flash(_("It goes out again within seconds."), "success")
    return redirect(url_for(".deliveries"), 303)


def _actor() -> Actor:
    return Actor(viewer().person_id)
