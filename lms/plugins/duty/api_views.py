"""`GET /api/v1/duty/<staff_no>`: the question of the phone or ticket system, answered in JSON."""

from functools import partial

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lms.plugins.api import Channel, access, db, limiter, local_date, now, tokens, zone
from lms.plugins.duty import standing
from lms.plugins.duty.words import PURPOSE

bp = Blueprint("duty_api", __name__, url_prefix="/api/v1/duty")
# For each address that asks; a centre of a thousand agents asks a few times a second.
RATE = "50 per second"


@bp.get("/<staff_no>")
@limiter.limit(RATE)
@access.public
def person(staff_no: str) -> ResponseReturnValue:
    token = tokens.valid(db.session(), PURPOSE, request.authorization)
    if token is None:
        return _refused(401, "invalid_token")
    channel = request.args.get("channel")
    if channel is not None and channel not in set(Channel):
        return _refused(400, "unknown_channel")
    at = now()
    today = local_date(at, zone())
    found = standing.by_staff_no(db.session(), staff_no, today, channel)
    if found is None:
        return _refused(404, "unknown_staff_no")
    answer = jsonify(found.as_json() | {"checked_at": at.isoformat()})
    if token.used_on != today:
        answer.call_on_close(partial(tokens.note_use, db.engine, token.id, today))
    return answer


def _refused(code: int, error: str) -> ResponseReturnValue:
    answer = jsonify(error=error)
    answer.status_code = code
    if code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@bp.errorhandler(HTTPException)
def _as_json(error: HTTPException) -> ResponseReturnValue:
    """A program asked: it gets a word, not a page."""
    return _refused(error.code or 500, error.name.lower().replace(" ", "_"))
