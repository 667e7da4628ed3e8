"""Certificates on the home page and on a person's page."""

from collections.abc import Sequence
from typing import Any

from flask import render_template

from lms.plugins.api import Panel, Person, Viewer, db, local_date, now, zone
from lms.plugins.certificates import finding, words
from lms.plugins.certificates.states import state_of


def panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel]:
    if place == "home_more":
        person_id, limit = viewer.person_id, 3
    elif place == "person" and isinstance(subject, Person):
        person_id, limit = subject.id, 20
    else:
        return []
    is_own = person_id == viewer.person_id
    if not is_own and not viewer.covers("certificates.view", subject):
        return []
    found, today = finding.current_of(db.session(), person_id, limit), local_date(now(), zone())
    if not found:
        return []
    rows = [(one, state_of(one, today)) for one in found]
    html = render_template("certificates/panel.html", rows=rows, is_own=is_own, words=words)
    return [Panel(html)]
