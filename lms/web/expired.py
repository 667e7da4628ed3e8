"""An expired session loses nothing: what was typed rides through the sign-in and is offered again.

The fields travel in the page, not on the server, and are only sent on when the person presses the
button that shows them: a form another site made us show is not sent by itself.
"""

from urllib.parse import urlsplit

from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import ImmutableMultiDict

_SECRET = ("csrf_token", "password", "password_again")
MAX_FIELDS_BYTES = 200_000


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, csrf_failed)
    app.register_error_handler(401, sign_in_first)


def typed_fields(form: ImmutableMultiDict[str, str]) -> list[tuple[str, str]]:
    fields = [(k, v) for k, v in form.items(multi=True) if k not in _SECRET]
    return fields if sum(len(k) + len(v) for k, v in fields) <= MAX_FIELDS_BYTES else []


def local_path(target: str | None) -> str | None:
    """The target if it is a path of this site, else None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def csrf_failed(error: CSRFError) -> ResponseReturnValue:
    if request.endpoint == "auth.sign_in":
        flash(_("This page had been open for a long time. Please sign in again."), "warning")
        return redirect(url_for("auth.sign_in", next=local_path(request.args.get("next"))))
    if not current_user.is_authenticated:
        return sign_in_first(error)
    return offer_again(request.path, typed_fields(request.form)), 400


def sign_in_first(_error: Exception) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        response = make_response(_("Your session has ended. Sign in again to go on."), 401)
        return response
    if request.method in {"GET", "HEAD"}:
        here = request.full_path.rstrip("?")
        return redirect(url_for("auth.sign_in", next=here if here != "/" else None))
    from lms.web.auth import sign_in_page

    page = sign_in_page(replay_path=request.path, replay=typed_fields(request.form))
    return page, 401


def offer_again(path: str, fields: list[tuple[str, str]]) -> str:
    """A page with what was typed and a button that sends it, with a fresh token."""
    return render_template("auth/replay.html", path=path, fields=fields)
