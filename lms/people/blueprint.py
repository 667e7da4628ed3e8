"""The blueprint; its routes are in the `…_views` modules."""

from flask import Blueprint

from lms.db import Localized
from lms.people.words import CHANNELS, EMPLOYMENTS, LEVELS, named

bp = Blueprint("people", __name__)


@bp.app_template_filter()
def level_name(code: str) -> Localized:
    return named(LEVELS, code)


@bp.app_template_filter()
def channel_name(code: str) -> Localized:
    return named(CHANNELS, code)


@bp.app_template_filter()
def employment_name(code: str) -> Localized:
    return named(EMPLOYMENTS, code)
