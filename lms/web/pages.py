"""Home, language, health."""

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import text

from lms import access
from lms.db import db
from lms.i18n import normalise
from lms.web.expired import local_path
from lms.web.security import limiter

bp = Blueprint("web", __name__)


@bp.get("/")
@access.signed_in
def home() -> ResponseReturnValue:
    from lms.courses.views import today

    return today()


@bp.get("/more")
@access.signed_in
def more() -> ResponseReturnValue:
    """What is good to know beside today's work: fetched by the home page once it is shown."""
    from lms.courses.views import more_of_today

    return more_of_today(as_piece="HX-Request" in request.headers)


@bp.post("/language")
@access.public
def set_language() -> ResponseReturnValue:
    chosen = normalise(request.form.get("locale"))
    if chosen:
        session["locale"] = chosen
        if current_user.is_authenticated:
            current_user.person.locale = chosen
            db.session.commit()
    return redirect(local_path(request.form.get("next")) or url_for("web.home"))


@bp.get("/healthz")
@limiter.exempt
@access.public
def health() -> ResponseReturnValue:
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}
