"""The latest stars on everybody's start page."""

from flask import render_template

from lms.plugins.api import Panel, Session
from lms.plugins.recognition import showing, words


def latest_stars(session: Session) -> list[Panel]:
    known = showing.latest(session)
    if known is None:
        return []
    month, found = known
    html = render_template("recognition/_panel.html", month=month, stars=found, words=words)
    return [Panel(html, order=25)]
