"""Who leaves: from then on they neither sign in nor take customers; all that is stored stays."""

from datetime import date, datetime

from lms import audit
from lms.audit import Actor
from lms.clock import local_date
from lms.db import Session
from lms.errors import Conflict, DomainError
from lms.people import clearance, roles
from lms.people.models import Person
from lms.people.organisation import zone

_REVOKED = "离职 / Left the company"


def leave(session: Session, person: Person, day: date, *, actor: Actor, now: datetime) -> None:
    """`day` is the last one, not after today. What they are cleared for is revoked.

    DomainError names the day where it does not fit, and refuses the last admin.
    """
    today = local_date(now, zone())
    if person.left_on is not None:
        raise Conflict("This person has left already.")
    if not person.hired_on <= day <= today:
        raise DomainError(
            "The last day is between the start date (%(hired)s) and today.",
            field="day",
            hired=person.hired_on.isoformat(),
        )
    roles.keep_an_admin(session, person)
    if clearance.is_granted_anything(session, person.id, today):
        clearance.revoke_clearance(
            session, person, today=today, reason=_REVOKED, actor=actor, now=now
        )
    person.left_on = day
    audit.record(session, actor, "person.leave", ("person", person.id), now=now, day=str(day))
    session.flush()


def come_back(session: Session, person: Person, *, actor: Actor, now: datetime) -> None:
    """They sign in again; clearance and courses are given anew. Not somebody who was erased."""
    if person.left_on is None:
        raise Conflict("This person has not left.")
    if is_erased(person):
        raise DomainError("An erased person cannot come back: add them anew.")
    left, person.left_on = person.left_on, None
    audit.record(session, actor, "person.return", ("person", person.id), now=now, left=str(left))
    session.flush()


def is_erased(person: Person) -> bool:
    return person.staff_no == erased_number(person)


def erased_number(person: Person) -> str:
    return f"erased-{person.id}"
