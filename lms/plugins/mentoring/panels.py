"""Mentors on the start page and on a person's page."""

from collections.abc import Sequence
from typing import Any

from flask import render_template

from lms.plugins.api import Panel, Person, Viewer, db, local_date, now, zone
from lms.plugins.mentoring import needs, seeing
from lms.plugins.mentoring.access import remember_mentees


def panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel]:
    chooses = viewer.may("mentoring.pair")
    if place == "home" and not chooses:
        return _own(viewer.person_id)
    if place == "home_more" and chooses:
        return _work(viewer)
    if place == "person" and isinstance(subject, Person):
        return _of_person(subject, viewer)
    return []


def _own(person_id: int) -> Sequence[Panel]:
    """Their mentor, and those they mentor."""
    rows = seeing.near(db.session(), person_id)
    remember_mentees(any(not row.is_mentor for row in rows))
    if not rows:
        return []
    html = render_template(
        "mentoring/_own.html",
        mentor=next((row for row in rows if row.is_mentor), None),
        mentees=[row for row in rows if not row.is_mentor],
        today=local_date(now(), zone()),
    )
    return [Panel(html, 5)]


def _work(viewer: Viewer) -> Sequence[Panel]:
    """What waits for those who choose mentors."""
    scope, today = viewer.clause("mentoring.pair"), local_date(now(), zone())
    counts = seeing.counts(db.session(), scope, viewer.person_id, today)
    if not (counts.waiting or counts.overdue or counts.mine):
        return []
    return [Panel(render_template("mentoring/_work.html", counts=counts), 30)]


def _of_person(person: Person, viewer: Viewer) -> Sequence[Panel]:
    rows = seeing.of_mentee(db.session(), person.id)
    may_choose = person.id != viewer.person_id and viewer.covers("mentoring.pair", person)
    can_have_one = bool(rows and not rows[0].pair.ended_at) or (
        may_choose and needs.of_person(db.session(), person.id) is not None
    )
    if not rows and not can_have_one:
        return []
    html = render_template(
        "mentoring/_person.html",
        person=person,
        rows=rows,
        may_choose=may_choose and can_have_one,
        may_open=may_choose or person.id == viewer.person_id,
        today=local_date(now(), zone()),
    )
    return [Panel(html, 15)]
