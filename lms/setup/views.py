"""The guided start in the browser, for admins."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.audit import Actor
from lms.clock import now
from lms.db import db
from lms.errors import DomainError
from lms.people.organisation import organisation
from lms.setup import facts, services, starter, words
from lms.setup.facts import Item
from lms.setup.forms import ZONES, OrganisationForm
from lms.web.errors import message, show_on

bp = Blueprint("setup", __name__, url_prefix="/setup")
_PERMISSION = "roles.manage"


@bp.get("")
@access.requires(_PERMISSION)
def index() -> ResponseReturnValue:
    return _index()


def _index(refused: tuple[str, str, str] | None = None) -> str:
    """`refused`: the item, the reason that was typed, and what is wrong with it."""
    found = facts.progress(db.session())
    return render_template(
        "setup/index.html", progress=found, items=list(Item), words=words, refused=refused,
        ways=words.ways(),
    )  # fmt: skip


@bp.route("/organisation", methods=["GET", "POST"])
@access.requires(_PERMISSION)
def edit_organisation() -> ResponseReturnValue:
    own, form = organisation(db.session()), OrganisationForm()
    if request.method == "GET":
        form.name_zh.data, form.name_en.data = own.name.zh, own.name.en
        form.timezone.data = own.timezone
    elif form.validate():
        try:
            name, zone = form.name(), form.timezone.data
            services.set_organisation(db.session(), name, zone, actor=_actor(), now=now())
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Saved."), "success")
            return redirect(url_for(".index"), 303)
    page = render_template("setup/organisation.html", form=form, zones=ZONES)
    return page, 400 if form.errors else 200


@bp.route("/content", methods=["GET", "POST"])
@access.requires(_PERMISSION)
def content() -> ResponseReturnValue:
    error = ""
    if request.method == "POST":
        chosen = request.form.getlist("programmes")
        try:
            starter.ask(db.session(), chosen, actor=_actor(), now=now())
        except DomainError as refusal:
            db.session.rollback()
            error = message(refusal)
        else:
            db.session.commit()
            return redirect(url_for(".content"), 303)
    page = render_template(
        "setup/content.html", offers=starter.offers(), words=words, error=error,
        loading=starter.loading(db.session()), there=facts.progress(db.session()).facts.programmes,
    )  # fmt: skip
    return page, 400 if error else 200


@bp.post("/skip/<item>")
@access.requires(_PERMISSION)
def skip(item: str) -> ResponseReturnValue:
    known = _item(item)
    if request.form.get("do") == "take_up":
        services.take_up(db.session(), known, actor=_actor(), now=now())
    else:
        reason = request.form.get("reason", "")
        try:
            services.skip(db.session(), known, reason, actor=_actor(), now=now())
        except DomainError as error:
            db.session.rollback()
            return _index((item, reason, message(error))), 400
    db.session.commit()
    return redirect(url_for(".index"), 303)


def _item(code: str) -> Item:
    return Item(code) if code in set(Item) else abort(404)


def _actor() -> Actor:
    return Actor(viewer().person_id)
