"""One's own account and notices."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user

from lms import access, audit
from lms.access import viewer
from lms.clock import now
from lms.db import db
from lms.people import accounts, notices
from lms.people.blueprint import bp
from lms.people.forms import ChangePasswordForm
from lms.people.models import Account
from lms.people.person_page import person_page
from lms.web.security import limiter


@bp.get("/me")
@access.signed_in
def me() -> ResponseReturnValue:
    return person_page(current_user.person, now())


@bp.route("/me/password", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
@access.signed_in
def password() -> ResponseReturnValue:
    """Change one's password; every other session of the account ends."""
    form, user = ChangePasswordForm(), current_user
    if form.validate_on_submit():
        known = accounts.check_password(db.session(), user.person.staff_no, form.current.data)
        if known is None:
            form.current.errors = [_("This is not your present password.")]
        else:
            actor = audit.Actor(viewer().person_id)
            account = db.session.get_one(Account, known.person.id)
            accounts.set_password(db.session(), account, form.password.data, actor=actor, now=now())
            db.session.commit()
            login_user(accounts.SignedInUser(known.person, account.session_version))
            flash(_("Your password is changed. Other devices are signed out."), "success")
            return redirect(url_for("people.me"), 303)
    return render_template("people/password.html", form=form)


@bp.get("/notifications")
@access.signed_in
def notifications() -> ResponseReturnValue:
    found = notices.latest(db.session(), viewer().person_id, limit=100)
    return render_template("people/notifications.html", notes=found)


@bp.post("/notifications/read")
@access.signed_in
def mark_read() -> ResponseReturnValue:
    notices.mark_read(db.session(), viewer().person_id, now())
    db.session.commit()
    return redirect(url_for("people.notifications"), 303)
