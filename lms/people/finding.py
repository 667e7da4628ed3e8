"""Somebody whom somebody else typed."""

from sqlalchemy import select

from lms.db import Session
from lms.errors import DomainError
from lms.people.models import Person


def find_person(session: Session, typed: str, *, field: str) -> Person:
    """Somebody who has not left, by staff number or name; DomainError names who else it may be."""
    here = select(Person).where(Person.left_on.is_(None))
    found = session.scalar(here.where(Person.staff_no == typed))
    if found is not None:
        return found
    named = session.scalars(here.where(Person.name == typed).order_by(Person.staff_no).limit(6))
    people = list(named)
    if len(people) > 1:
        raise DomainError(
            "Several people have this name; give the staff number: %(numbers)s.",
            field=field,
            numbers=", ".join(person.staff_no for person in people),
        )
    if not people:
        raise DomainError(
            "Nobody has the staff number or name “%(typed)s”.", field=field, typed=typed[:64]
        )
    return people[0]
