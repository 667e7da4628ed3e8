"""The blueprint, and what its pages read from the address."""

from flask import Blueprint, request

from lms.plugins.api import Session
from lms.plugins.insight.months import Closed, closed
from lms.plugins.insight.words import CHANNELS

bp = Blueprint(
    "insight",
    __name__,
    url_prefix="/insight",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
_SPANS = (12, 24)


def asked_span() -> int:
    asked = request.args.get("months", _SPANS[0], type=int)
    return asked if asked in _SPANS else _SPANS[0]


def asked_channel() -> str | None:
    asked = request.args.get("channel", "")
    return asked if asked in CHANNELS else None


def asked_months(session: Session) -> Closed:
    return closed(session, asked_span())
