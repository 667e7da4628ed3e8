"""The tracker on an agent's home page: how the last closed months stand."""

from flask import render_template

from lms.plugins.api import Month, Panel, Person, Viewer, db, policies
from lms.plugins.promotion import evidence, streaks
from lms.plugins.promotion.policy import FROM, SENIOR_AGENT


def panels(place: str, viewer: Viewer) -> list[Panel] | None:
    if place != "home":
        return None
    session = db.session()
    person = session.get(Person, viewer.person_id)
    if person is None or person.level != FROM:
        return None
    policy = policies.in_force(session, SENIOR_AGENT)
    closes = streaks.latest(policy["months"])
    months = evidence.closed_months(session, closes, policy["top_share"])
    if not months:
        return None
    mine = evidence.of_people(session, [person.id], months)[person.id]
    html = render_template("promotion/_tracker.html", months=mine, streak=_streak(mine))
    return [Panel(html, 60)]


def _streak(months: list[evidence.MonthEvidence]) -> int:
    """Qualifying months in a row up to the last one closed."""
    count = 0
    expected: Month | None = None
    for month in reversed(months):
        at = month.closed.month
        if not month.qualifies or (expected is not None and at != expected):
            break
        count, expected = count + 1, at.plus(-1)
    return count
