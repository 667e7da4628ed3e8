"""A new person without clearance gets their onboarding by themselves."""

from datetime import date, datetime

from sqlalchemy import select

from lms.audit import Actor
from lms.clock import local_date
from lms.courses import queries
from lms.courses.models import Enrolment, ProgrammeKind
from lms.courses.services import enrol
from lms.db import Session
from lms.people.clearance import granted_on
from lms.people.models import Clearance, Employment, Level, Person
from lms.people.organisation import zone

# Those who take customer contacts; supervisors and managers need no clearance for theirs.
_LEVELS = (Level.AGENT, Level.SENIOR_AGENT)


def assign_onboarding(
    session: Session,
    person: Person,
    *,
    actor: Actor,
    now: datetime,
    starts_on: date | None = None,
) -> Enrolment | None:
    """Enrol an uncleared agent from their hire date on, temporary ones in the short track.

    Returns None, and does nothing, for people who need none, or when no such programme is loaded.
    """
    if person.level not in _LEVELS or person.left_on is not None:
        return None
    today = local_date(now, zone())
    cleared = select(Clearance.id).where(Clearance.person_id == person.id, granted_on(today))
    if session.scalar(cleared.limit(1)) is not None:
        return None
    temporary = person.employment == Employment.TEMPORARY
    kind = ProgrammeKind.TEMPORARY if temporary else ProgrammeKind.ONBOARDING
    programme = queries.programme_of_kind(session, kind)
    if programme is None:
        return None
    return enrol(
        session,
        person.id,
        programme.id,
        starts_on=starts_on or person.hired_on,
        actor=actor,
        now=now,
    )
