"""The blueprint; its routes are in the `…_views` modules."""

from typing import cast

from flask import Blueprint, abort
from flask_login import current_user

from lms.plugins.api import Actor, Month, Person, viewer

bp = Blueprint(
    "recognition",
    __name__,
    url_prefix="/recognition",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)


def me() -> Person:
    return cast(Person, current_user.person)


def actor() -> Actor:
    return Actor(viewer().person_id)


def month_of(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        abort(404)
