"""Signing in and out, and the activation link of a new account."""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_user, logout_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from lms import access, audit
from lms.clock import now
from lms.db import db
from lms.errors import DomainError
from lms.i18n import locale as present_locale
from lms.people import accounts, demo_accounts
from lms.people.organisation import organisation
from lms.web.errors import show_on
from lms.web.expired import MAX_FIELDS_BYTES, local_path, offer_again
from lms.web.security import limiter

bp = Blueprint("auth", __name__)


class SignInForm(FlaskForm):  # type: ignore[misc]
    staff_no = StringField(_l("Staff number"), [InputRequired(), Length(max=64)])
    password = PasswordField(_l("Password"), [InputRequired(), Length(max=200)])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    password = PasswordField(
        _l("New password"), [InputRequired(), Length(accounts.MIN_PASSWORD, 200)]
    )
    password_again = PasswordField(
        _l("The same again"),
        [InputRequired(), EqualTo("password", _l("The two passwords differ."))],
    )


def sign_in_page(
    form: SignInForm | None = None,
    replay_path: str | None = None,
    replay: list[tuple[str, str]] | None = None,
) -> str:
    return render_template(
        "auth/sign_in.html",
        form=form or SignInForm(formdata=None),
        next=local_path(request.values.get("next")),
        replay_path=replay_path,
        replay=replay or [],
        demo=demo_accounts() if organisation(db.session()).is_demo else (),
    )


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("20 per minute; 200 per hour", methods=["POST"])
@access.public
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    replay_path = local_path(request.form.get("replay_path"))
    replay = _replayed()
    if not form.validate_on_submit():
        return sign_in_page(form, replay_path, replay)
    user = accounts.check_password(db.session(), form.staff_no.data, form.password.data)
    if user is None:
        form.password.errors = [_("Staff number and password do not match.")]
        return sign_in_page(form, replay_path, replay), 401
    locale = session.get("locale")
    session.clear()  # a session fixed on us before the sign-in ends here
    g.pop("csrf_token", None)  # made for that session; a page rendered now needs a new one
    if locale:
        session["locale"] = locale
    login_user(user)
    audit.record(
        db.session(),
        audit.Actor(user.person.id),
        "account.sign_in",
        ("person", user.person.id),
        now=now(),
    )
    db.session.commit()
    if replay_path:
        return offer_again(replay_path, replay)
    return redirect(local_path(request.form.get("next")) or url_for("web.home"))


def _replayed() -> list[tuple[str, str]]:
    names, values = request.form.getlist("replay_name"), request.form.getlist("replay_value")
    fields = list(zip(names, values, strict=False))
    return fields if sum(len(n) + len(v) for n, v in fields) <= MAX_FIELDS_BYTES else []


@bp.post("/sign-out")
@access.public
def sign_out() -> ResponseReturnValue:
    logout_user()
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    return redirect(url_for("auth.sign_in"))


@bp.route("/activate/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@access.public
def activate(token: str) -> ResponseReturnValue:
    account = accounts.account_for_token(db.session(), token, now())
    if account is None:
        abort(404, _("This link has been used or is older than seven days. Ask HR for a new one."))
    form = PasswordForm()
    if form.validate_on_submit():
        actor = audit.Actor(account.person_id)
        try:
            accounts.set_password(db.session(), account, form.password.data, actor=actor, now=now())
        except DomainError as error:
            show_on(form, error)
        else:
            account.person.locale = present_locale()  # the language they chose, or their browser's
            db.session.commit()
            login_user(accounts.SignedInUser(account.person, account.session_version))
            flash(_("Welcome, %(name)s.", name=account.person.name), "success")
            return redirect(url_for("web.home"))
    return render_template("auth/activate.html", form=form, person=account.person)
