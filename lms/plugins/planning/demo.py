"""The demo's plan: this year from the starter set, what lies behind done, this month running."""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import Actor, Month, Person, RoleAssignment, Session, access, local_date, zone
from lms.plugins.planning import services
from lms.plugins.planning.models import Status
from lms.plugins.planning.starter import starter_plan

_DEMO = Actor(None, "demo")


def plan_the_year(session: Session, now: datetime) -> None:
    today = local_date(now, zone())
    services.start_year(
        session, today.year, starter_plan(session, today.year), actor=_DEMO, now=now
    )
    trainer = session.scalar(
        select(RoleAssignment.person_id)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.role == access.TRAINER)
        .order_by(Person.id)
        .limit(1)
    )
    present = Month.of(today)
    first = Month(today.year * 12)
    for number, entry in enumerate(services.of_months(session, first, first.plus(11))):
        entry.responsible_id, entry.planned = trainer, 180
        if entry.month < present:
            entry.status, entry.attended = Status.DONE, 152 + 7 * (number % 4)
        elif entry.month == present:
            entry.status = Status.RUNNING
