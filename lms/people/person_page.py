"""What a person's page shows, to themselves or to those who look after them."""

from datetime import datetime

from flask import render_template
from sqlalchemy import select

from lms.access import ROLES, viewer
from lms.clock import local_date
from lms.courses import queries
from lms.courses.models import EnrolmentStatus
from lms.db import db
from lms.people import roles
from lms.people.channels import named_in, union
from lms.people.clearance import granted_on, resting_on
from lms.people.forms import OverrideForm, RevokeForm
from lms.people.models import Channel, Clearance, Person, Team
from lms.people.organisation import zone
from lms.people.timeline import timeline
from lms.people.words import SOURCES, named
from lms.plugins import hookspecs
from lms.plugins.manager import plugins


def person_page(
    person: Person,
    now: datetime,
    *,
    override: OverrideForm | None = None,
    revoke: RevokeForm | None = None,
    role_error: str = "",
    activation: str = "",
) -> str:
    """The page; forms that were refused come with what was typed and why."""
    today = local_date(now, zone())
    courses = queries.of_person(db.session(), person.id, today)
    found = (
        select(Clearance, granted_on(today), resting_on(today))
        .where(Clearance.person_id == person.id)
        .order_by(Clearance.from_day)
    )
    rows = db.session.execute(found).all()
    granted = [(clearance, rests) for clearance, is_granted, rests in rows if is_granted]
    held = [clearance for clearance, rests in granted if not rests]
    active = [course for course in courses if course.enrolment.status == EnrolmentStatus.ACTIVE]
    actions = plugins().collect(hookspecs.lms_actions, person, viewer())
    may_set_roles = viewer().may("roles.manage")
    return render_template(
        "people/person.html",
        person=person,
        is_me=person.id == viewer().person_id,
        today=today,
        clearances=[
            (c, named_in(c.channels), named(SOURCES, c.source), rests) for c, rests in granted
        ],
        cleared_for=union(c.channels for c in held),
        every_channel=tuple(Channel),
        under_way=active,
        week=next((course for course in active if course.outline.grants_clearance), None),
        happenings=timeline(db.session(), person, [row[0] for row in rows], courses),
        held_roles=roles.held(db.session(), person.id),
        teams=db.session.scalars(select(Team).order_by(Team.name)).all() if may_set_roles else [],
        override=override or OverrideForm(formdata=None),
        revoke=revoke or RevokeForm(formdata=None),
        role_error=role_error,
        role_names=ROLES,
        assignable=roles.ASSIGNABLE,
        activation=activation,
        actions=[action for group in actions for action in group],
    )
