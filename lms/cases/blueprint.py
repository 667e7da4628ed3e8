"""The blueprint; its routes are in the `…_views` modules. And what the templates share."""

from datetime import datetime

from flask import Blueprint
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import format_time
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from lms.access import viewer
from lms.audit import Actor

bp = Blueprint("cases", __name__)

STAGES = {
    "pre_sales": _l("Pre-sales"),
    "in_sales": _l("In-sales"),
    "after_sales": _l("After-sales"),
    "complaint": _l("Complaint"),
}
CHANNELS = {"online": _l("Online chat"), "phone": _l("Phone"), "email": _l("E-mail")}
LEVELS = {
    "0": _l("No complaint"),
    "1": _l("Complaint level 1"),
    "2": _l("Complaint level 2"),
    "3": _l("Complaint level 3"),
}
OUTCOMES = {"success": _l("Went well"), "failure": _l("Went wrong")}
SPEAKERS = {"customer": _l("Customer"), "agent": _l("Agent"), "system": _l("System")}
# The customer's, 1 to 5; the same words for whoever plays and whoever scores.
MOODS = {
    1: _l("Furious"),
    2: _l("Annoyed"),
    3: _l("Tense"),
    4: _l("Calm"),
    5: _l("Pleased"),
}
ROOM_STATES = {
    "waiting": _l("Not begun"),
    "joined": _l("Not begun"),
    "open": _l("In progress"),
    "ended": _l("Waiting for scoring"),
    "closed": _l("Closed without scoring"),
}
STATES = {
    "draft": _l("Draft"),
    "in_review": _l("In review"),
    "published": _l("Published"),
    "superseded": _l("Superseded"),
    "archived": _l("Archived"),
}
# A colour for each, from ui/basics.html.
STATE_TONES = {"draft": "draft", "in_review": "review", "published": "published", "archived": "off"}
RUN_STATES = {
    "open": _l("In progress"),
    "practised": _l("Practised"),
    "submitted": _l("Waiting for scoring"),
    "adjudication": _l("Waiting for a decision"),
    "scored": _l("Scored"),
    "appealed": _l("Under appeal"),
}
SECTIONS = {
    "title": _l("Title"),
    "category": _l("Product or topic"),
    "tags": _l("Tags"),
    "scenario": _l("Scenario"),
    "dialogue": _l("Dialogue"),
    "handling": _l("What was done"),
    "result": _l("How it ended"),
    "lessons": _l("Lessons"),
}
# What in a text could tell who somebody is.
IDENTITY_KINDS = {
    "name": _l("Name"),
    "phone": _l("Phone number"),
    "email": _l("E-mail address"),
    "address": _l("Address"),
    "order": _l("Order number"),
    "card": _l("ID or card number"),
}
FACETS = {
    "stage": (_l("Stage"), STAGES),
    "channel": (_l("Channel"), CHANNELS),
    "level": (_l("Complaint level"), LEVELS),
    "outcome": (_l("Outcome"), OUTCOMES),
}


@bp.record_once
def _share_words(state: BlueprintSetupState) -> None:
    # Also for the body of a step, which is rendered inside another domain's page.
    state.app.jinja_env.globals["case_words"] = {
        "stages": STAGES,
        "channels": CHANNELS,
        "levels": LEVELS,
        "outcomes": OUTCOMES,
        "speakers": SPEAKERS,
        "states": STATES,
        "state_tones": STATE_TONES,
        "run_states": RUN_STATES,
        "room_states": ROOM_STATES,
        "moods": MOODS,
        "sections": SECTIONS,
        "identity_kinds": IDENTITY_KINDS,
    }


@bp.app_template_filter()
def rich(text: str) -> Markup:
    """Markdown as safe HTML."""
    from lms.courses.markdown import to_html  # a parser that commands do not need

    return Markup(to_html(text))  # noqa: S704  sanitised


@bp.app_template_filter()
def clock_seconds(at: datetime) -> str:
    """The time of day with its seconds, in the organisation's zone: replies are timed by them."""
    return str(format_time(at, "HH:mm:ss"))


@bp.app_template_filter()
def seconds(value: float | None) -> str:
    """8 as `8 s`, 60 as `1 min`, 95 as `1:35 min`, 7200 as `2 h`; a dash: nothing measured."""
    if value is None:
        return "–"
    whole = round(value)
    if whole < 60:
        return str(_("%(n)s s", n=whole))
    if whole % 3600 == 0:
        return str(_("%(n)s h", n=whole // 3600))
    if whole % 60 == 0:
        return str(_("%(n)s min", n=whole // 60))
    return str(_("%(m)s:%(s)s min", m=whole // 60, s=f"{whole % 60:02d}"))


def actor() -> Actor:
    return Actor(viewer().person_id)
