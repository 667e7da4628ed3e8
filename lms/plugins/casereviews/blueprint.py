"""The blueprint; its routes are in the `…_views` modules."""

from typing import cast

from flask import Blueprint
from flask_login import current_user

from lms.plugins.api import Actor, Person, db, viewer
from lms.plugins.casereviews import access as rights
from lms.plugins.casereviews.models import Review

bp = Blueprint(
    "casereviews",
    __name__,
    url_prefix="/case-reviews",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)


def me() -> Person:
    """Or the row of their person: what is asked of it here is in its columns."""
    return cast(Person, current_user.known)


def actor() -> Actor:
    return Actor(viewer().person_id)


def found(review_id: int) -> Review:
    """The review, for its team and for those who hold it; others get a 404."""
    return rights.find(db.session(), review_id, viewer(), me())
