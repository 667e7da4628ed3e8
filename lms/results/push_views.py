"""`POST /api/v1/kpi` for systems that export by themselves, and HR's page of their tokens."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from lms import access
from lms.clock import local_date, now
from lms.db import db
from lms.errors import Conflict, DomainError
from lms.people import tokens
from lms.people.forms import TokenForm
from lms.people.models import ApiToken
from lms.people.organisation import zone
from lms.results import push
from lms.results.blueprint import actor, bp, said
from lms.results.defined.scoring import known_metrics
from lms.web.errors import message, show_on
from lms.web.security import csrf, limiter

# Nested, so that its errors are words for a program and not pages.
api = Blueprint("kpi_api", __name__, url_prefix="/api/v1/kpi")


@api.post("")
@limiter.limit("60 per minute")
@access.public
def receive() -> ResponseReturnValue:
    at = now()
    token = tokens.valid(db.session(), push.PURPOSE, request.authorization)
    if token is None:
        return _refused(401, "invalid_token", _("This token is not valid."))
    token_id, today = token.id, local_date(at, zone())
    first_today = token.used_on != today
    answer = _taken(token, at)
    if first_today:
        answer.call_on_close(partial(tokens.note_use, db.engine, token_id, today))
    return answer


csrf.exempt(receive)  # no cookie counts here: the token does


def _taken(token: ApiToken, at: datetime) -> Response:
    try:
        sent = push.read(request.get_json(silent=True))
        key = request.headers.get("Idempotency-Key", "")
        answer, again = push.take(db.session(), token, key, sent, now=at)
    except push.RowsRefused as error:
        db.session.rollback()
        rows = [_row(entry) for entry in error.refused]
        return _refused(422, "rows_refused", message(error), refused=rows)
    except DomainError as error:
        db.session.rollback()
        code, name = (409, "conflict") if isinstance(error, Conflict) else (400, "bad_request")
        return _refused(code, name, message(error), field=error.field)
    refused = [_row(entry) for entry in answer["refused"]]
    warnings = [_warning(entry) for entry in answer["warnings"]]
    shown = jsonify({**answer, "refused": refused, "warnings": warnings})
    shown.status_code = 200 if again else 201
    return shown


def _row(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Rows are counted as they were sent, from 1; the first row of the file held the names."""
    return {"row": entry["row"] - 1, "reasons": [said(reason) for reason in entry["reasons"]]}


def _warning(entry: Mapping[str, Any]) -> dict[str, Any]:
    row = entry["row"]
    return {"row": None if row is None else row - 1, "message": said(entry)}


def _refused(code: int, error: str, words: str, **more: Any) -> Response:
    answer = jsonify(error=error, message=words, **more)
    answer.status_code = code
    if code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.errorhandler(HTTPException)
def _as_json(error: HTTPException) -> ResponseReturnValue:
    return _refused(error.code or 500, error.name.lower().replace(" ", "_"), error.name)


bp.register_blueprint(api)


@bp.get("/results/systems")
@access.requires("results.import")
def systems() -> ResponseReturnValue:
    return _systems(TokenForm(formdata=None))


def _systems(form: TokenForm) -> ResponseReturnValue:
    return render_template(
        "results/systems.html", form=form, tokens=tokens.in_use(db.session(), push.PURPOSE),
        fresh=session.pop("kpi_fresh") if "kpi_fresh" in session else None,
        metrics=known_metrics(db.session()),
    ), 400 if form.errors else 200  # fmt: skip


@bp.post("/results/systems")
@access.requires("results.import")
def create_token() -> ResponseReturnValue:
    form = TokenForm()
    if form.validate_on_submit():
        try:
            made = tokens.create(
                db.session(), push.PURPOSE, form.name.data, actor=actor(), now=now()
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            session["kpi_fresh"] = [form.name.data, made]
            return redirect(url_for(".systems"), 303)
    return _systems(form)


@bp.post("/results/systems/<int:token_id>/revoke")
@access.requires("results.import")
def revoke_token(token_id: int) -> ResponseReturnValue:
    token = tokens.revoke(db.session(), push.PURPOSE, token_id, actor=actor(), now=now())
    db.session.commit()
    flash(_("“%(name)s” opens nothing any more.", name=token.name), "success")
    return redirect(url_for(".systems"), 303)
