"""The blueprint; its routes are in the `…views` modules."""

from flask import Blueprint, abort

from lms.plugins.api import Actor, Month, Scope, local_date, now, viewer, zone

bp = Blueprint("scorecards", __name__, url_prefix="/scorecards", template_folder="templates")


def actor() -> Actor:
    return Actor(viewer().person_id)


def this_month() -> Month:
    return Month.of(local_date(now(), zone()))


def month_of(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        abort(404)


def require_all(permission: str) -> None:
    """Pages about everybody are for those who may see everybody."""
    if not viewer().may(permission, Scope.ALL):
        abort(403)
