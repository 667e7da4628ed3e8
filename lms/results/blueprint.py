"""The blueprint; its routes are in the `…_views` modules."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from lms.access import viewer
from lms.audit import Actor
from lms.db import Localized
from lms.i18n import pick
from lms.people.words import CHANNELS
from lms.results import words

bp = Blueprint("results", __name__)


def actor() -> Actor:
    return Actor(viewer().person_id)


@bp.app_template_filter()
def not_ranked_reason(code: str) -> Localized:
    return words.of(words.REASONS, code)


@bp.app_template_filter()
def component_name(code: str) -> Localized:
    return words.of(words.COMPONENTS, code)


def said(entry: Mapping[str, Any]) -> str:
    """A stored message (a refusal's reason, a warning) in the reader's language."""
    message, params = entry["message"], dict(entry["params"])
    if params.get("held") in CHANNELS:
        params["held"] = pick(CHANNELS[params["held"]])
    return str(_(message, **params))
