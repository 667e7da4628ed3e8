"""Certificates on the home page and on a person's page."""

from collections.abc import Sequence
from typing import Any

from flask import render_template

from lms.plugins.api import Panel, Person, Viewer, db
from lms.plugins.certificates import services


def panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel]:
    if place == "home_more":
        person_id, limit = viewer.person_id, 3
    elif place == "person" and isinstance(subject, Person):
        person_id, limit = subject.id, 20
    else:
        return []
    found = services.of_person(db.session(), person_id, limit)
    if not found:
        return []
    is_own = person_id == viewer.person_id
    return [Panel(render_template("certificates/panel.html", certificates=found, is_own=is_own))]
