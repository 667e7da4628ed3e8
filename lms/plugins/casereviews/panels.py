"""This week's case on the start page of those who are asked."""

from flask import render_template

from lms.plugins.api import Panel, Person, Viewer, db, now
from lms.plugins.casereviews import queries, weeks
from lms.plugins.casereviews.access import is_asked
from lms.plugins.casereviews.blueprint import me


def panels(place: str, viewer: Viewer) -> list[Panel] | None:
    """On the start page itself only what waits for a vote; the rest is good to know."""
    if place not in ("home", "home_more"):
        return None
    person, asks = me(), place == "home"
    found = queries.of_week(db.session(), person, weeks.this_monday(now()))
    shown = [one for one in found if _waits(one, person) == asks]
    if not shown:
        return None
    html = render_template("casereviews/panel.html", entries=shown, asks=asks, weeks=weeks)
    return [Panel(html, 15)]


def _waits(this: queries.ThisWeek, person: Person) -> bool:
    return this.closed_at is None and this.mine is None and is_asked(person, this.facilitator_id)
