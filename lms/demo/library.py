"""Two cases of the library that are to be looked at again."""

from datetime import datetime, timedelta

from sqlalchemy import select

from lms.audit import Actor
from lms.cases.lifecycle import keeping
from lms.cases.models import Case
from lms.clock import local_date
from lms.db import Session
from lms.people.models import Person
from lms.people.organisation import zone

# Days from today.
_DUE = {"late-parcel-peak": 0, "which-phone-plan": 9}


def hand_out(session: Session, keeper: Person, now: datetime) -> None:
    """`keeper` looks after them."""
    actor, today = Actor(keeper.id, "demo"), local_date(now, zone())
    for case in session.scalars(select(Case).where(Case.key.in_(_DUE)).order_by(Case.id)):
        day = today + timedelta(days=_DUE[case.key])
        keeping.change(session, case.id, keeper.id, None, day, actor=actor, now=now)
