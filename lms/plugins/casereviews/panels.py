"""This week's case on the start page of those who are asked."""

from flask import render_template

from lms.plugins.api import Panel, Viewer, db, now
from lms.plugins.casereviews import queries, weeks
from lms.plugins.casereviews.access import votes_in
from lms.plugins.casereviews.blueprint import me


def panels(place: str, viewer: Viewer) -> list[Panel] | None:
    if place != "home":
        return None
    at = now()
    found = queries.of_week(db.session(), viewer.person_id, weeks.this_monday(at))
    if not found:
        return None
    html = render_template(
        "casereviews/panel.html", entries=found, weeks=weeks, me=me(), votes_in=votes_in
    )
    return [Panel(html, 15)]
